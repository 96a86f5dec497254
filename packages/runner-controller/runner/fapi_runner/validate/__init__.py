"""The verdict over a project's files, in a forked and limited child."""
