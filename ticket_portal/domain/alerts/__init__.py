"""What a person is told by mail and push: what calls for it, how it waits, where it goes, what it links to."""
