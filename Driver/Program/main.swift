print("bsduser")
