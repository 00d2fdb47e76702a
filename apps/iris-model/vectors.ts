export function subtract(left: number[], right: number[]): number[] {
  return zip(left, right).map(([a, b]) => a - b);
}

export function dot(left: number[], right: number[]): number {
  return sum(zip(left, right).map(([a, b]) => a * b));
}

export function average(values: number[]): number {
  return sum(values) / values.length;
}

export function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function transpose(rows: number[][]): number[][] {
  return (rows[0] ?? []).map((_, index) => rows.map((row) => row[index] as number));
}

export function zip<A, B>(left: A[], right: B[]): [A, B][] {
  return left.map((value, index) => [value, right[index] as B]);
}
