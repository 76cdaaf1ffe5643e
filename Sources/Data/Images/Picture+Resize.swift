extension Picture {
    /// This picture in another size: scaled, sides in proportion, so that it just covers it, then
    /// the middle of it. A new pixel is the mean of old ones weighted by a triangle that reaches
    /// one new pixel far, or one old pixel where the picture becomes larger.
    func covering(width newWidth: Int, height newHeight: Int) -> Picture {
        if newWidth == width, newHeight == height { return self }
        // How much of the old picture a new pixel stands for.
        let step = min(Double(width) / Double(newWidth), Double(height) / Double(newHeight))
        let columns = Picture.taps(width, newWidth, step)
        let rows = Picture.taps(height, newHeight, step)
        var narrow = [Float](repeating: 0, count: height * newWidth * channels)
        for row in 0..<height {
            for (column, tap) in columns.enumerated() {
                for channel in 0..<channels {
                    var sum: Float = 0
                    for (index, share) in tap.shares.enumerated() {
                        let place = (row * width + tap.first + index) * channels + channel
                        sum += share * Float(pixels[place])
                    }
                    narrow[(row * newWidth + column) * channels + channel] = sum
                }
            }
        }
        var output = [UInt8](repeating: 0, count: newHeight * newWidth * channels)
        let line = newWidth * channels
        for (row, tap) in rows.enumerated() {
            for place in 0..<line {
                var sum: Float = 0
                for (index, share) in tap.shares.enumerated() {
                    sum += share * narrow[(tap.first + index) * line + place]
                }
                output[row * line + place] = UInt8(min(max(sum.rounded(), 0), 255))
            }
        }
        let size = PictureSize(width: newWidth, height: newHeight, channels: channels)
        return Picture(size, pixels: output)
    }

    /// The old pixels of each new one along an axis, and their shares.
    private static func taps(
        _ old: Int, _ new: Int, _ step: Double
    ) -> [(first: Int, shares: [Float])] {
        let margin = (Double(old) - Double(new) * step) / 2
        let reach = max(step, 1)
        return (0..<new).map { place in
            let centre = margin + (Double(place) + 0.5) * step - 0.5
            let first = min(max(Int((centre - reach).rounded(.up)), 0), old - 1)
            let last = max(min(Int((centre + reach).rounded(.down)), old - 1), first)
            let weights = (first...last).map { max(0, reach - abs(Double($0) - centre)) }
            let total = weights.reduce(0, +)
            if total == 0 { return (first, [1]) }
            return (first, weights.map { Float($0 / total) })
        }
    }
}
