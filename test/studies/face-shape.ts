/**
 * Derives the mean shape of a face in space (electron/geometry/face-shape.ts) from landmarks in photos.
 *
 *   npx tsx test/studies/face-shape.ts [<work folder>]
 *
 * Landmarks of many turned heads, centred and scaled, make a matrix of rank 3 but for noise and expressions: its best
 * factors are poses and shape, up to a linear map, which the poses' being rotations settles. Source: Tomasi and Kanade
 * 1992. Every face counts mirrored too, so the shape is symmetric. Rounds of least squares follow: poses from the shape,
 * then the shape from the poses.
 */

import { existsSync } from 'node:fs';
import { averageFivePoints, mirroredLandmarks, type ShapePoint } from '../../electron/geometry/face-shape.ts';
import { solveLinearSystem } from '../../electron/geometry/linear-system.ts';
import { estimatePose, projectShape, type HeadPose } from '../../electron/geometry/pose.ts';
import { defaultWorkFolder, loadEvidence } from './face-evidence.ts';
import { lfwFolder } from './labeled-faces.ts';

const pointCount = 68;
const rounds = 15;

/** @returns [68, 2] about the origin, of root mean square length 1 */
function normalize(landmarks: Float32Array): Float32Array {
  const centre = [0, 1].map((axis) => landmarks.reduce((sum, value, at) => (at % 2 === axis ? sum + value : sum), 0) / pointCount);
  const centred = landmarks.map((value, at) => value - centre[at % 2]!);
  const size = Math.hypot(...centred) / Math.sqrt(pointCount);
  return centred.map((value) => value / size);
}

function mirror(landmarks: Float32Array): Float32Array {
  return Float32Array.from(mirroredLandmarks.flatMap((index) => [-landmarks[index * 2]!, landmarks[index * 2 + 1]!]));
}

/** Jacobi's method. @returns eigenvalues, largest first, with unit eigenvectors, of a symmetric matrix */
function findEigenvectors(symmetric: readonly (readonly number[])[]): { value: number; vector: number[] }[] {
  const size = symmetric.length;
  const matrix = symmetric.map((row) => [...row]);
  const vectors = matrix.map((_, row) => matrix.map((__, column) => (row === column ? 1 : 0)));
  for (let sweep = 0; sweep < 60; sweep++) {
    let rest = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        rest += matrix[p]![q]! ** 2;
        if (matrix[p]![q] === 0) continue;
        const theta = (matrix[q]![q]! - matrix[p]![p]!) / (2 * matrix[p]![q]!);
        const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const cosine = 1 / Math.hypot(tangent, 1);
        const sine = tangent * cosine;
        for (const table of [matrix, vectors]) {
          for (const row of table) [row[p], row[q]] = [cosine * row[p]! - sine * row[q]!, sine * row[p]! + cosine * row[q]!];
        }
        const [rowP, rowQ] = [matrix[p]!, matrix[q]!];
        for (let at = 0; at < size; at++) [rowP[at], rowQ[at]] = [cosine * rowP[at]! - sine * rowQ[at]!, sine * rowP[at]! + cosine * rowQ[at]!];
      }
    }
    if (rest < 1e-18) break;
  }
  return matrix
    .map((row, index) => ({ value: row[index]!, vector: vectors.map((components) => components[index]!) }))
    .sort((one, other) => other.value - one.value);
}

/** @param faces [n][68, 2], normalized
 *  @returns the shape, up to a rotation and to which way is front */
function factorize(faces: readonly Float32Array[]): number[][] {
  const gram = Array.from({ length: pointCount }, () => new Array<number>(pointCount).fill(0));
  for (const face of faces) {
    for (let i = 0; i < pointCount; i++) {
      for (let j = 0; j < pointCount; j++) gram[i]![j]! += face[i * 2]! * face[j * 2]! + face[i * 2 + 1]! * face[j * 2 + 1]!;
    }
  }
  const eigenvectors = findEigenvectors(gram);
  const total = eigenvectors.reduce((sum, { value }) => sum + value, 0);
  console.log(`shares of the square sum: ${eigenvectors.slice(0, 6).map(({ value }) => (value / total).toFixed(5)).join(' ')}`);
  const affine = Array.from({ length: pointCount }, (_, point) => eigenvectors.slice(0, 3).map(({ vector }) => vector[point]!));
  const metric = findMetric(faces, affine);
  // With metric = U D U^T the motion becomes M U D^(1/2), the shape D^(-1/2) U^T S.
  const axes = findEigenvectors(metric);
  if (axes[2]!.value <= 0) throw new Error('Expected a metric that is positive');
  return affine.map((point) => axes.map(({ value, vector }) => vector.reduce((sum, component, at) => sum + component * point[at]!, 0) / Math.sqrt(value)));
}

/** @returns the symmetric L for which rows m, n of a face's motion have m L m = n L n and m L n = 0, by least squares */
function findMetric(faces: readonly Float32Array[], affine: readonly (readonly number[])[]): number[][] {
  const normal = Array.from({ length: 6 }, () => new Array<number>(6).fill(0));
  const products = (one: readonly number[], other: readonly number[]): number[] => [
    one[0]! * other[0]!, one[1]! * other[1]!, one[2]! * other[2]!,
    one[0]! * other[1]! + one[1]! * other[0]!, one[0]! * other[2]! + one[2]! * other[0]!, one[1]! * other[2]! + one[2]! * other[1]!,
  ];
  for (const face of faces) {
    // The affine shape's columns are orthonormal, so a projection on them is the motion.
    const [m, n] = [0, 1].map((axis) => [0, 1, 2].map((column) => affine.reduce((sum, point, index) => sum + point[column]! * face[index * 2 + axis]!, 0)));
    const [squareM, squareN, mixed] = [products(m!, m!), products(n!, n!), products(m!, n!)];
    for (const equation of [squareM.map((value, at) => value - squareN[at]!), mixed]) {
      for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) normal[i]![j]! += equation[i]! * equation[j]!;
    }
  }
  const [a, b, c, ab, ac, bc] = findEigenvectors(normal).at(-1)!.vector as [number, number, number, number, number, number];
  const sign = a + b + c < 0 ? -1 : 1;
  return [[a, ab, ac], [ab, b, bc], [ac, bc, c]].map((row) => row.map((value) => value * sign));
}

/** Turns, moves and scales a shape into the frame of [Note: face shape], but for pitch. */
function frame(points: readonly (readonly number[])[]): ShapePoint[] {
  const subtract = (one: readonly number[], other: readonly number[]): number[] => one.map((value, at) => value - other[at]!);
  const dot = (one: readonly number[], other: readonly number[]): number => one.reduce((sum, value, at) => sum + value * other[at]!, 0);
  const unit = (vector: readonly number[]): number[] => vector.map((value) => value / Math.sqrt(dot(vector, vector)));
  const five = averageFivePoints(points);
  const [left, right, nose] = five as [number[], number[], number[]];
  const mouth = [0, 1, 2].map((axis) => (five[3]![axis]! + five[4]![axis]!) / 2);
  const origin = [0, 1, 2].map((axis) => (left[axis]! + right[axis]!) / 2);
  const x = unit(subtract(right, left));
  const down = subtract(mouth, origin);
  const y = unit(subtract(down, x.map((value) => value * dot(down, x))));
  const out = subtract(subtract(nose, origin), x.map((value) => value * dot(subtract(nose, origin), x)));
  const z = unit(subtract(out, y.map((value) => value * dot(out, y))));
  const scale = 1 / Math.sqrt(dot(subtract(right, left), subtract(right, left)));
  const framed = points.map((point) => [x, y, z].map((axis) => dot(subtract(point, origin), axis) * scale));
  return framed.map(([px, py, pz], index) => {
    const [mx, my, mz] = framed[mirroredLandmarks[index]!] as [number, number, number];
    return [(px! - mx) / 2, (py! + my) / 2, (pz! + mz) / 2];
  });
}

/** @returns the shape nodded by `pitch` degrees */
function nod(shape: readonly ShapePoint[], pitch: number): ShapePoint[] {
  const [sine, cosine] = [Math.sin((pitch * Math.PI) / 180), Math.cos((pitch * Math.PI) / 180)];
  return shape.map(([x, y, z]) => [x, cosine * y - sine * z, sine * y + cosine * z]);
}

/** @returns the shape that fits all faces best in the poses they have by `shape` */
function refine(faces: readonly Float32Array[], shape: readonly ShapePoint[]): ShapePoint[] {
  const basis: ShapePoint[] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  const moments = [0, 1, 2].map(() => [0, 0, 0]);
  const sums = shape.map(() => [0, 0, 0]);
  for (const face of faces) {
    const pose = estimatePose(face, shape);
    // Faces count alike, however large: the picture is scaled to the shape.
    const columns = basis.map((axis) => projectShape([axis], { ...pose, scale: 1 }));
    for (const row of [0, 1]) {
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++) moments[i]![j]! += columns[i]![row]! * columns[j]![row]!;
        sums.forEach((sum, point) => (sum[i]! += (columns[i]![row]! * face[point * 2 + row]!) / pose.scale));
      }
    }
  }
  return frame(sums.map((sum) => solveLinearSystem(moments, sum)!));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.round((sorted.length - 1) * share)]!;
}

function describe(name: string, values: readonly number[]): void {
  console.log(`${name}: ${[0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map((share) => quantile(values, share).toFixed(3)).join(' ')}`);
}

async function study(workFolder: string): Promise<void> {
  const found = (await loadEvidence(workFolder)).filter(({ spoiling, isMain }) => spoiling === 'none' && isMain);
  const faces = found.map(({ landmarks }) => normalize(landmarks));
  const both = [...faces, ...faces.map(mirror)];
  let shape = frame(factorize(both));
  const poseAll = (): HeadPose[] => faces.map((face) => estimatePose(face, shape));
  describe('residual after factorisation (1 5 25 50 75 95 99 %)', poseAll().map(({ residual }) => residual));
  for (let round = 0; round < rounds; round++) shape = refine(both, shape);
  shape = nod(shape, quantile(poseAll().map(({ pitch }) => pitch), 0.5));
  const poses = poseAll();
  describe('residual', poses.map(({ residual }) => residual));
  for (const angle of ['yaw', 'pitch', 'roll'] as const) describe(angle, poses.map((pose) => pose[angle]));
  const five = averageFivePoints(shape) as unknown as ShapePoint[];
  const coarse = found.map(({ landmarks }) => {
    const points = Array.from({ length: pointCount }, (_, index) => [landmarks[index * 2]!, landmarks[index * 2 + 1]!]);
    return estimatePose(Float32Array.from(averageFivePoints(points).flat()), five);
  });
  for (const angle of ['yaw', 'pitch', 'roll'] as const) {
    describe(`${angle} from five points, off by`, coarse.map((pose, index) => Math.abs(pose[angle] - poses[index]![angle])));
  }
  console.log(`five points: ${JSON.stringify(five.map((point) => point.map((value) => Number(value.toFixed(3)))))}`);
  console.log(`${faces.length} faces\n`);
  for (const point of shape) console.log(`  [${point.map((value) => Number(value.toFixed(3)) + 0).join(', ')}],`);
}

if (existsSync(lfwFolder)) await study(process.argv[2] ?? defaultWorkFolder);
else console.log('skipped: no ../shared');
