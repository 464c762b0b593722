"""`python -m sdg`."""

from sdg.cli import main

if __name__ == "__main__":
    main()
