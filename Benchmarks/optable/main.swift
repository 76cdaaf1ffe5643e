import Autograd

// Prints every operation with what it can do; the tests check each cell.
print(OpTable.markdown, terminator: "")
