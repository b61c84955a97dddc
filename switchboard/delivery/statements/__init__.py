"""SQL of the synchronous side, apart from the code that runs it through core.statements."""
