extension Double {
    /// Whether a number that isn't 0 becomes what 0 becomes, because float32 holds none so small.
    func vanishes(_ encode: (Double) -> Float) -> Bool {
        self != 0 && Float(self) == 0 && encode(self) == encode(0)
    }
}
