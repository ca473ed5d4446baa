module bsduser/tests/server

go 1.27
