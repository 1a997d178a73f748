/** The value below which `fraction` of the samples lie; the samples are sorted in place. */
export function quantile(samples: number[], fraction: number): number {
  samples.sort((a, b) => a - b);
  return samples[Math.min(samples.length - 1, Math.floor(fraction * samples.length))] ?? Number.NaN;
}

export function median(samples: number[]): number {
  return quantile([...samples], 0.5);
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
