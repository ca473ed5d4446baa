module bsduser/tests/words

go 1.27
