"""What stands on a certificate, in the languages that sessions are held in."""

from __future__ import annotations

WORDS = {
    "en": {
        "title": "Certificate",
        "says": "This is to certify that",
        "completed": "has completed the course",
        "hours": "hours of learning",
        "hour": "hour of learning",
        "from": "from",
        "to": "to",
        "on": "on",
        "taught_by": "Taught by",
        "issued_on": "Issued on",
        "verify": "Scan the code, or enter it at the address below: the page says what we certified and whether it "
        "still holds. A certificate that says something else was changed.",
        "code": "Code",
    },
    "es": {
        "title": "Certificado",
        "says": "Por la presente certificamos que",
        "completed": "ha completado el curso",
        "hours": "horas de formación",
        "hour": "hora de formación",
        "from": "del",
        "to": "al",
        "on": "el",
        "taught_by": "Impartido por",
        "issued_on": "Expedido el",
        "verify": "Escanee el código o introdúzcalo en la dirección de abajo: la página dice qué certificamos y si "
        "sigue siendo válido. Un certificado que diga otra cosa ha sido modificado.",
        "code": "Código",
    },
}


def words_in(language: str) -> dict[str, str]:
    return WORDS.get(language.split("-")[0], WORDS["en"])
