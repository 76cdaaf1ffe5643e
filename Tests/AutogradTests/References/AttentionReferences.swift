import Glibc

// References of attention: one query after the other, all its scores at once.
extension References {
    /// Queries, keys and values [.., heads, positions, width]. `scored` makes a score of the
    /// product of a query and a key, at [query, key]; −∞ hides the key.
    private static func attended(
        _ grids: [Grid], scored: ([Int], Double) -> Double
    ) -> Grid {
        let (q, k, v) = (grids[0], grids[1], grids[2])
        let rank = q.shape.count
        let width = q.shape[rank - 1], keys = k.shape[rank - 2]
        let sharing = rank > 2 ? q.shape[rank - 3] / max(1, k.shape[rank - 3]) : 1
        return Grid(Array(q.shape.dropLast()) + [v.shape[rank - 1]]) { index in
            let row = Array(index.dropLast())
            var head = Array(row.dropLast())
            if rank > 2 { head[rank - 3] /= sharing }
            var total = 0.0, sum = 0.0
            for key in 0..<keys {
                var product = 0.0
                for j in 0..<width { product += q[row + [j]] * k[head + [key, j]] }
                let share = exp(scored([row[rank - 2], key], product))
                total += share
                sum += share * v[head + [key, index[rank - 1]]]
            }
            return total == 0 ? 0 : sum / total
        }
    }

    private static func scale(_ grids: [Grid]) -> Double {
        1 / sqrt(Double(grids[0].shape.last ?? 1))
    }

    static let attention: [String: Reference] = [
        "scaledDotProductAttention": { grids in
            attended(grids) { $1 * scale(grids) }
        },
        "causal attention, heads of keys shared": { grids in
            attended(grids) { $0[1] <= $0[0] ? $1 * 0.7 : -.infinity }
        },
        "attention by a mask": { grids in
            attended(grids) { place, product in
                let isSeen = (place[0] * 3 + place[1]) % 4 != 1 && place[0] != 1
                return isSeen ? product * scale(grids) : -.infinity
            }
        },
        "attention with a bias": { grids in
            attended(grids) { place, product in
                place[1] <= place[0] ? product * scale(grids) + grids[3][place] : -.infinity
            }
        },
        "selfAttention": { grids in
            let positions = grids[0].shape[0] / 12
            let parts = (0..<3).map { part in
                Grid([2, positions, 2]) { index in
                    let place = (index[1] * 3 + part) * 2 + index[0]
                    return grids[0][[place * 2 + index[2]]]
                }
            }
            let y = attended(parts) { $0[1] <= $0[0] ? $1 * 0.5 : -.infinity }
            return Grid([positions * 4]) { index in
                y[[index[0] / 2 % 2, index[0] / 4, index[0] % 2]]
            }
        },
    ]
}
