module bsduser.invalid/bench

go 1.27
