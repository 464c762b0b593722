"""`sdg export`: the shape a trainer reads, as a stream, a file, or a data set folder with a card."""
