//! Medians and percentiles.

/// The value below which the given part of the sample lies (nearest rank).
pub fn percentile(sample: &[f64], part: f64) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

pub fn median(sample: &[f64]) -> f64 {
    percentile(sample, 0.5)
}

/// The median with the smallest and the largest, for ratios.
pub fn spread(sample: &[f64], unit: &str) -> String {
    let (low, high) = (percentile(sample, 0.0), percentile(sample, 1.0));
    format!("**{}{unit}** ({}–{})", short(median(sample)), short(low), short(high))
}

/// Three digits that count.
pub fn short(value: f64) -> String {
    match value.abs() {
        at if at >= 100.0 => format!("{value:.0}"),
        at if at >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_of_the_sample() {
        let sample: Vec<f64> = (1..=200).map(f64::from).collect();
        assert_eq!(median(&sample), 100.0);
        assert_eq!(percentile(&sample, 0.99), 198.0);
        assert_eq!(percentile(&sample, 0.0), 1.0);
        assert_eq!(percentile(&[7.0], 0.99), 7.0);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn figures_have_three_digits() {
        assert_eq!([1234.4, 56.78, 3.25].map(short), ["1234", "56.8", "3.25"]);
    }
}
