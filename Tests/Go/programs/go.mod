module bsduser/tests/programs

go 1.27
