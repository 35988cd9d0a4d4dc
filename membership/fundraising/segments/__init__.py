"""Lists of supporters by what they gave and how they are reached: asked for, kept as a question, exported."""
