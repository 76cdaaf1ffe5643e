internal import Glibc

func exponential(_ x: Double) -> Double { Glibc.exp(x) }
