"""What we teach, when, to whom, and who pays: one file a noun."""

from __future__ import annotations

from training.models.bookings import Booking, Enrolment
from training.models.bursaries import Application, Award, BursarySettings
from training.models.certificates import Certificate
from training.models.learning import Attendance, LessonDone, SurveyAnswer, SurveyAsked, TrainingSettings
from training.models.pages import CoursePage, EventPage, LessonPage, Prerequisite, TrainingIndexPage, TrainingPage
from training.models.refund_rules import RefundRules, RefundStep
from training.models.reminders import Reminder
from training.models.sessions import Meeting, Session, Ticket, TicketMemberPrice, Trainer
from training.models.waiting import Offer, WaitingEntry

__all__ = [
    "Application",
    "Attendance",
    "Award",
    "Booking",
    "BursarySettings",
    "Certificate",
    "CoursePage",
    "Enrolment",
    "EventPage",
    "LessonDone",
    "LessonPage",
    "Meeting",
    "Offer",
    "Prerequisite",
    "RefundRules",
    "RefundStep",
    "Reminder",
    "Session",
    "SurveyAnswer",
    "SurveyAsked",
    "Ticket",
    "TicketMemberPrice",
    "Trainer",
    "TrainingIndexPage",
    "TrainingPage",
    "TrainingSettings",
    "WaitingEntry",
]
