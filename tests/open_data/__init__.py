"""The pipeline on files that nobody here wrote: contracts, the figures that must come out, the traps the files hold."""
