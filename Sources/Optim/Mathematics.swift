import Glibc

/// base to the power of a step count.
func power(_ base: Double, _ exponent: Int) -> Double { Glibc.pow(base, Double(exponent)) }

func power(_ base: Double, _ exponent: Double) -> Double { Glibc.pow(base, exponent) }

/// (1 + cos(π x)) / 2: from 1 at x = 0 to 0 at x = 1.
func halfCosine(_ x: Double) -> Double { (1 + Glibc.cos(.pi * x)) / 2 }
