def main(choice): return 0
