print("bsduserctl")
