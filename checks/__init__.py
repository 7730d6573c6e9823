"""The checks that keep the house: run by `make check`, `make test` and CI."""
