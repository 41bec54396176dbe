/** The one cell of a grid that the keyboard stands on, and where each key takes it. */

export interface GridShape {
  readonly total: number;
  readonly columns: number;
  readonly rowsOnScreen: number;
}

export class GridCursor {
  index = $state(0);

  /** @returns whether the key is one that moves the cursor */
  move(key: string, shape: GridShape): boolean {
    const target = findTarget(key, this.index, shape);
    if (target === null) return false;
    this.index = clamp(target, shape.total);
    return true;
  }

  /** Stays within a list that has become shorter. */
  clampTo(total: number): void {
    this.index = clamp(this.index, total);
  }
}

function clamp(index: number, total: number): number {
  return Math.max(0, Math.min(index, total - 1));
}

function findTarget(key: string, index: number, { total, columns, rowsOnScreen }: GridShape): number | null {
  const screen = columns * Math.max(1, rowsOnScreen - 1);
  switch (key) {
    case 'ArrowLeft':
      return index - 1;
    case 'ArrowRight':
      return index + 1;
    case 'ArrowUp':
      return index - columns < 0 ? index : index - columns;
    case 'ArrowDown': {
      const below = index + columns;
      if (below < total) return below;
      // From a full row down into a last row that is shorter.
      const isLastRow = Math.floor(index / columns) === Math.floor((total - 1) / columns);
      return isLastRow ? index : total - 1;
    }
    case 'PageUp':
      return index - screen;
    case 'PageDown':
      return index + screen;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return null;
  }
}
