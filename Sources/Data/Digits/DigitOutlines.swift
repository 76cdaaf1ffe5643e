/// A point or displacement, x to the right and y downward.
typealias Point = SIMD2<Double>

/// A piece of a pen's path. The box of a digit is 100 × 100 units.
enum PathStep: Sendable {
    case move(Double, Double)
    case line(Double, Double)
    /// A quadratic Bézier curve: control point, end.
    case quad(Double, Double, Double, Double)
    /// A cubic Bézier curve: two control points, end.
    case cubic(Double, Double, Double, Double, Double, Double)
    /// A closed ellipse: centre, radii.
    case ellipse(Double, Double, Double, Double)
}

/// The ways in which each digit is written.
enum DigitOutlines {
    static func styles(of digit: Int) -> [[PathStep]] {
        switch digit {
        case 0: zero
        case 1: one
        case 2: two
        case 3: three
        case 4: four
        case 5: five
        case 6: six
        case 7: seven
        case 8: eight
        default: nine
        }
    }

    private static let zero: [[PathStep]] = [
        [.ellipse(50, 50, 27, 42)],
        [.ellipse(50, 50, 20, 40)],
        [
            .move(58, 10), .cubic(26, 6, 18, 50, 28, 76), .cubic(38, 100, 72, 94, 76, 58),
            .cubic(78, 30, 70, 12, 48, 12),
        ],
    ]

    private static let one: [[PathStep]] = [
        [.move(50, 8), .line(50, 92)],
        [.move(34, 26), .line(54, 8), .line(54, 92)],
        [.move(34, 24), .line(52, 8), .line(52, 92), .move(32, 92), .line(72, 92)],
    ]

    private static let two: [[PathStep]] = [
        [
            .move(26, 28), .cubic(28, 2, 76, 2, 74, 32), .cubic(73, 52, 40, 68, 24, 90),
            .line(78, 90),
        ],
        [
            .move(28, 26), .cubic(36, 2, 78, 6, 72, 36), .cubic(68, 58, 40, 92, 28, 86),
            .cubic(18, 78, 40, 70, 52, 82), .cubic(60, 90, 70, 92, 82, 82),
        ],
        [.move(26, 18), .quad(50, 2, 70, 16), .quad(84, 36, 26, 88), .line(76, 86)],
    ]

    private static let three: [[PathStep]] = [
        [
            .move(28, 18), .cubic(40, 2, 76, 6, 72, 28), .cubic(70, 44, 54, 48, 44, 48),
            .cubic(60, 48, 78, 54, 76, 72), .cubic(74, 96, 36, 98, 24, 80),
        ],
        [
            .move(28, 10), .line(72, 10), .line(46, 42), .cubic(70, 40, 80, 58, 76, 72),
            .cubic(70, 96, 36, 98, 24, 80),
        ],
        [
            .move(30, 12), .cubic(62, 2, 82, 36, 40, 46), .cubic(86, 46, 84, 96, 28, 88),
        ],
    ]

    private static let four: [[PathStep]] = [
        [.move(62, 92), .line(62, 8), .line(20, 64), .line(82, 64)],
        [.move(32, 10), .line(26, 54), .line(76, 54), .move(68, 12), .line(64, 92)],
        [.move(36, 8), .quad(22, 58, 38, 58), .quad(60, 58, 70, 34), .move(74, 10), .line(62, 92)],
    ]

    private static let five: [[PathStep]] = [
        [
            .move(72, 10), .line(34, 10), .line(30, 46), .cubic(44, 36, 76, 38, 76, 66),
            .cubic(76, 96, 36, 98, 24, 80),
        ],
        [
            .move(72, 12), .quad(50, 8, 36, 12), .quad(30, 30, 32, 46),
            .cubic(56, 36, 78, 50, 72, 72), .cubic(66, 94, 38, 96, 26, 84),
        ],
        [
            .move(34, 14), .line(32, 44), .cubic(60, 38, 80, 62, 62, 84),
            .cubic(52, 94, 36, 92, 26, 84), .move(34, 14), .line(76, 10),
        ],
    ]

    private static let six: [[PathStep]] = [
        [
            .move(66, 10), .cubic(40, 20, 24, 48, 26, 68), .cubic(28, 98, 74, 98, 74, 68),
            .cubic(74, 44, 36, 44, 28, 66),
        ],
        [.move(58, 6), .cubic(42, 24, 28, 44, 28, 70), .ellipse(50, 70, 22, 22)],
        [
            .move(44, 8), .cubic(28, 40, 20, 70, 36, 86), .cubic(54, 100, 78, 82, 70, 66),
            .cubic(60, 50, 36, 62, 30, 76),
        ],
    ]

    private static let seven: [[PathStep]] = [
        [.move(24, 12), .line(76, 12), .line(44, 92)],
        [.move(24, 14), .quad(50, 8, 76, 14), .cubic(64, 36, 50, 60, 46, 92)],
        [.move(24, 12), .line(76, 12), .line(42, 92), .move(36, 52), .line(74, 50)],
        [.move(26, 26), .line(26, 12), .line(76, 12), .quad(52, 44, 46, 92)],
    ]

    private static let eight: [[PathStep]] = [
        [.ellipse(50, 29, 20, 21), .ellipse(50, 71, 25, 21)],
        [
            .move(70, 18), .cubic(50, -2, 22, 14, 32, 34), .cubic(40, 50, 76, 54, 74, 74),
            .cubic(70, 98, 28, 98, 28, 74), .cubic(28, 54, 64, 48, 70, 32),
            .cubic(72, 26, 72, 22, 70, 18),
        ],
        [
            .move(66, 12), .cubic(30, 4, 24, 36, 48, 46), .cubic(80, 58, 78, 92, 50, 92),
            .cubic(24, 92, 24, 66, 46, 50), .cubic(74, 34, 78, 18, 66, 12),
        ],
    ]

    private static let nine: [[PathStep]] = [
        [.ellipse(50, 30, 22, 22), .move(72, 30), .cubic(72, 56, 68, 76, 60, 92)],
        [.ellipse(48, 30, 21, 21), .move(69, 16), .line(67, 92)],
        [
            .move(72, 32), .cubic(60, 58, 24, 48, 28, 26), .cubic(32, 2, 72, 4, 72, 32),
            .cubic(74, 60, 66, 92, 34, 90),
        ],
    ]
}
