"""The ways that goods travel: sea, road and rail, and the journeys made of them."""
