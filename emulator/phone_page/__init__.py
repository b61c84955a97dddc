"""The page that shows a person's phone: its HTML, style and script, served as they are."""
