"""How Reflex's front end is built and served here: environment, build plugins, the build itself."""
