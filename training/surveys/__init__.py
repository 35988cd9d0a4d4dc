"""What a course changed: asked some months later, answered without a name, told only of five or more."""
