/** Solves small systems of linear equations. */

/** @param matrix [n, n]
 *  @param right [n]
 *  @returns [n], null where the matrix is singular to rounding. Source: Gaussian elimination with partial pivoting. */
export function solveLinearSystem(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null {
  const rows = matrix.map((row, index) => [...row, right[index]!]);
  const size = rows.length;
  const largest = Math.max(...matrix.flat().map(Math.abs));
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    const pivotRow = rows[pivot]!;
    if (!(Math.abs(pivotRow[column]!) > largest * 1e-12)) return null;
    rows[pivot] = rows[column]!;
    rows[column] = pivotRow;
    for (let row = column + 1; row < size; row++) {
      const factor = rows[row]![column]! / pivotRow[column]!;
      for (let at = column; at <= size; at++) rows[row]![at]! -= factor * pivotRow[at]!;
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let value = rows[row]![size]!;
    for (let at = row + 1; at < size; at++) value -= rows[row]![at]! * solution[at]!;
    solution[row] = value / rows[row]![row]!;
  }
  return solution;
}
