import OpTable

// Prints every operation with what it can do; the tests check each cell.
print(OpTable.markdown(OpTable.rows), terminator: "")
