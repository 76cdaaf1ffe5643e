print("fttrain")
