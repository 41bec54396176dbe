/** The steps of an explained photo's page: a title, a sentence or two that everybody understands, and what there is to see. */

import type { HeadPose } from '../../../electron/geometry/pose.ts';
import { escapeText } from '../charts/chart.ts';
import { drawEmbedding, findFullValue } from './draw-embedding.ts';
import { drawBoxes, drawLandmarks, drawPose } from './draw-faces.ts';
import type { ExplainedPhoto, Picture, ShownFace } from './explain-photo.ts';
import type { LibraryNeighbour, Report } from './report.ts';
import { compareSeminarEncodings } from './seminar-encodings.ts';

/** All markup, with what comes from outside escaped. */
export interface Step {
  readonly title: string;
  readonly text: string;
  readonly content: string;
}

/** Unit vectors are never further apart. */
const greatestDistance = 2;
/** Up to which programs that use the seminar's network take two of its encodings for one person's. */
const seminarSameDistance = 0.6;
/** Pairs of faces that are listed. */
const mostPairs = 8;
/** Landmarks of detectors that place their own. */
const fivePoints = 5;
/** Degrees that nobody sees. */
const negligibleTurn = 3;

export function describePhoto({ photo, width, height, format }: ExplainedPhoto): Step {
  return {
    title: 'The photo',
    text:
      `${width.toLocaleString('en')} by ${height.toLocaleString('en')} dots of colour, from a ` +
      `${escapeText(format.toUpperCase())} file. That is all a computer sees at first: numbers, and nobody in ` +
      'them.',
    content: figures(shapeOf(photo), [figure(image(photo, 'The photo'))]),
  };
}

export function describeGrey({ grey }: ExplainedPhoto): Step {
  return {
    title: 'Without colour',
    text: 'The classical way to find faces begins by throwing colour away: eyes, nose and mouth are all there in light and dark.',
    content: figures(shapeOf(grey), [figure(image(grey, 'The photo in grey'))]),
  };
}

export function describeGradients({ gradients, closeUp, closeUpArrows, faces }: ExplainedPhoto): Step {
  const where = faces.length === 0 ? 'the middle of the photo' : 'the largest face';
  return {
    title: 'Where it grows darker',
    text:
      'Each dot is compared with its neighbours, and an arrow drawn to where it grows darker. Bright lines are ' +
      'where the photo changes most; flat walls and skies stay black.',
    content:
      figures(shapeOf(gradients), [figure(image(gradients, 'How much the photo changes at each place'), 'How strong the arrows are, all over the photo.')]) +
      figures('two', [
        figure(image(closeUp, `Close-up of ${where}`), `Close-up: ${where}.`),
        figure(closeUpArrows, 'The same, shrunk to 40 by 40 dots, with every arrow drawn.'),
      ]),
  };
}

export function describeHog({ hog, photo, closeUp, closeUpHog, faces }: ExplainedPhoto): Step {
  const where = faces.length === 0 ? 'the middle of the photo' : 'the largest face';
  return {
    title: 'Only the main directions',
    text:
      'That is too much detail, so the photo is cut into squares of 16 by 16 dots, and in each only the main ' +
      'directions are counted. This is the HOG picture ' +
      '(histogram of oriented gradients). Make the photo brighter and it stays the same: the light changes, the ' +
      'shape of a face does not.',
    content:
      figures(shapeOf(photo), [figure(hog, 'The whole photo.')]) +
      figures('two', [
        figure(image(closeUp, `Close-up of ${where}`), `Close-up: ${where}.`),
        figure(closeUpHog, 'The same as a HOG picture.'),
      ]),
  };
}

export function describeFaces({ explained, detector }: Report): Step {
  const { photo, faces, shown } = explained;
  const by =
    detector === 'hog'
      ? 'Every place was compared with a HOG pattern that Kindred learned from thousands of faces; boxes stand where it fits.'
      : 'Today a small network does this better than HOG: it has seen very many photos, and says for each place how sure it is that a face is there.';
  const certainties = faces.map(
    ({ number, score, quality }) => `Face ${number}: certainty ${percent(score)}, picture quality ${percent(quality)}`,
  );
  const rest = faces.length > shown.length ? ` From here on the page shows the ${shown.length} largest.` : '';
  return {
    title: faces.length === 1 ? 'One face' : `${faces.length} faces`,
    text: `${by}${rest}`,
    content:
      figures(shapeOf(photo), [figure(drawBoxes(photo, faces))]) +
      `<p class="note">${certainties.join(' · ')}</p>`,
  };
}

export function describeNobody({ detector }: Report): Step {
  const by = detector === 'hog' ? 'HOG pattern' : 'network';
  return {
    title: 'No face was found',
    text: `The ${by} that looks for faces found none in this photo, so the story ends early: there is nobody to measure or compare.`,
    content:
      '<p class="plain">Faces may be too small, too blurred, turned away or covered. <code>--effort thorough</code> looks harder' +
      `${detector === 'hog' ? ', and <code>--detector network</code> finds more than HOG' : ''}.</p>`,
  };
}

export function describeLandmarks({ shown }: ExplainedPhoto): Step {
  const count = (shown[0]?.landmarks.length ?? 0) / 2;
  return {
    title: `${count} points`,
    text:
      (count === fivePoints
        ? 'The network also says where the eyes, the tip of the nose and the corners of the mouth are.'
        : `Another network places ${count} points on each face: jaw, brows, nose, eyes and mouth.`) + ' They tell how large the face is, where it looks and how it is turned.',
    content: figures('faces', shown.map((face) => figure(drawLandmarks(face), `<b>Face ${face.number}</b>`))),
  };
}

export function describePoses({ shown }: ExplainedPhoto): Step {
  const cards = shown.map((face) => {
    const turned = face.pose === null ? 'The points do not tell which way it is turned.' : describePose(face.pose);
    return figure(face.pose === null ? image(face.head, `Face ${face.number}`) : drawPose(face, face.pose), `<b>Face ${face.number}</b> ${turned}`);
  });
  const views = shown.map((face) =>
    face.frontal === null
      ? `<figure><div class="plain">Face ${face.number} cannot be turned to the front: too much of it is hidden.</div></figure>`
      : figure(image(face.frontal, `Face ${face.number} from the front`), `<b>Face ${face.number}</b> from the front`),
  );
  return {
    title: 'Which way the heads are turned',
    text:
      'Laid over a face in space, the points tell where each nose points. With that a turned head can be drawn as ' +
      'if it looked straight at you; what its far ' +
      'side hides is taken from the near one.',
    content: figures('faces', cards) + figures('faces', views),
  };
}

export function describeChips({ shown }: ExplainedPhoto): Step {
  const side = shown[0]?.chip.width ?? 0;
  return {
    title: 'Every face alike',
    text:
      `Faces are turned upright and brought to one size, ${side} by ${side} dots, with the eyes always in the same ` +
      'place. This is the picture by which Kindred compares; the view ' +
      'from the front above is only shown.',
    content: figures('faces', shown.map((face) => figure(image(face.chip, `Face ${face.number}, upright`), `<b>Face ${face.number}</b>`))),
  };
}

export function describeEmbeddings({ explained, pack }: Report): Step {
  const embeddings = explained.shown.map(({ embedding }) => embedding);
  const fullValue = findFullValue(embeddings);
  const length = embeddings[0]?.length ?? 0;
  return {
    title: `A face in ${length} numbers`,
    text:
      `Another network, of the pack ${escapeText(pack)}, turns each face into ${length} numbers. No single one ` +
      'means anything like “long nose”; the network has learned them so that ' +
      'two pictures of one person come out nearly the same, and two people do not.',
    content:
      drawKey() +
      figures('wide', explained.shown.map((face) => figure(drawNumbers(face, fullValue), `<b>Face ${face.number}</b>`))),
  };
}

export function describeDistances({ explained, sameDistance, library }: Report): Step {
  const { shown, pairs } = explained;
  const faces = new Map(shown.map((face) => [face.number, face]));
  const rows = pairs.slice(0, mostPairs).map(({ first, second, distance }) => {
    const pictures = [first, second].map((number) => picture(faces.get(number)!.chip.url, `Face ${number}`)).join('');
    return drawDistance(pictures, `Faces ${first} and ${second}`, distance, sameDistance);
  });
  const among =
    pairs.length === 0
      ? '<p class="plain">There is only one face in this photo, so nobody here to compare it with.</p>'
      : `<ul class="list">${rows.join('')}</ul>` + (pairs.length > rows.length ? `<p class="note">The ${rows.length} nearest of ${pairs.length} pairs.</p>` : '');
  return {
    title: 'Who resembles whom',
    text:
      `How far apart two faces’ numbers lie says how alike they are: 0 is the same picture, ${greatestDistance} ` +
      `the greatest distance there is. Up to ${sameDistance.toFixed(2)}, the upright mark, two faces pass for one ` +
      'person.',
    content: `<h3>In this photo</h3>${among}<h3>In your library</h3>${describeLibrary({ library, sameDistance, explained })}`,
  };
}

export function describeSeminar(): Step {
  const { encodings, lengths, distance } = compareSeminarEncodings();
  const [first, second] = encodings;
  const difference = first.map((value, at) => value - second[at]!);
  const fullValue = findFullValue(encodings);
  const draw = (values: Float32Array, title: string): string => drawEmbedding(values, { title, fullValue });
  return {
    title: 'The seminar’s two faces',
    text:
      `The seminar that Kindred’s method comes from prints two encodings of ${first.length} numbers, by another ` +
      `network. Drawn like those above, they look like twins: their distance is ${distance.toFixed(3)}, ` +
      `where up to ${seminarSameDistance} usually passes for one person.`,
    content:
      figures('three', [
        figure(draw(first, 'The first encoding'), `<b>First</b> of length ${lengths[0].toFixed(3)}`),
        figure(draw(second, 'The second encoding'), `<b>Second</b> of length ${lengths[1].toFixed(3)}`),
        figure(draw(difference, 'The difference of both'), `<b>Difference</b> of length ${distance.toFixed(3)}`),
      ]) + '<p class="note">They come from another network than the numbers above, so these distances and those do not compare.</p>',
  };
}

function describeLibrary({ library, sameDistance, explained }: Pick<Report, 'library' | 'sameDistance' | 'explained'>): string {
  if (library.kind === 'left-out') return `<p class="plain">${escapeText(library.reason)}</p>`;
  const faces = new Map(explained.shown.map((face) => [face.number, face]));
  const rows = library.byFace.flatMap(({ number, nearest }) =>
    nearest.map((neighbour) => {
      const own = picture(faces.get(number)!.chip.url, `Face ${number}`);
      return drawDistance(own + drawNeighbour(neighbour), `Face ${number} and ${nameOf(neighbour)}`, neighbour.distance, sameDistance);
    }),
  );
  return `<p class="note">Nearest of ${library.faces.toLocaleString('en')} faces.</p><ul class="list">${rows.join('')}</ul>`;
}

function nameOf({ name, fileName }: LibraryNeighbour): string {
  return `${name === null ? 'somebody without a name' : escapeText(name)} <span>in ${escapeText(fileName)}</span>`;
}

function drawNeighbour({ pictureUrl, name }: LibraryNeighbour): string {
  return pictureUrl === null ? '<span class="blank">gone</span>' : picture(pictureUrl, name ?? 'Somebody without a name');
}

/** @param who markup */
function drawDistance(pictures: string, who: string, distance: number, sameDistance: number): string {
  const verdict = distance <= sameDistance ? 'passes for one person' : 'too far apart for one person';
  const share = (value: number): string => `${((Math.min(value, greatestDistance) / greatestDistance) * 100).toFixed(1)}%`;
  return (
    `<li><div class="who">${pictures}</div><div class="said"><b>${who}</b><br><span>distance ` +
    `${distance.toFixed(3)}: ${verdict}</span>` +
    `<div class="bar"><i style="width:${share(distance)}"></i><u style="left:${share(sameDistance)}"></u></div></div></li>`
  );
}

/** @returns angles in words, markup-free */
function describePose({ yaw, pitch, roll }: HeadPose): string {
  const parts = [
    [yaw, 'turned', 'to the right', 'to the left'],
    [pitch, 'looking', 'up', 'down'],
    [roll, 'leaning', 'clockwise', 'counterclockwise'],
  ] as const;
  const said = parts.flatMap(([angle, verb, more, less]) =>
    Math.abs(angle) < negligibleTurn ? [] : [`${verb} ${Math.round(Math.abs(angle))}° ${angle > 0 ? more : less}`],
  );
  return said.length === 0 ? 'looks straight ahead' : said.join(', ');
}

function drawNumbers({ embedding, number }: ShownFace, fullValue: number): string {
  return drawEmbedding(embedding, { title: `The ${embedding.length} numbers of face ${number}`, fullValue });
}

function drawKey(): string {
  return (
    '<div class="key"><span><svg viewBox="0 0 10 10" aria-hidden="true"><path class="above" d="M1 1h8v8h-8z"/>' +
    '</svg>filled: above zero</span>' +
    '<span><svg viewBox="0 0 10 10" aria-hidden="true"><path class="below" fill-rule="evenodd" ' +
    'd="M1 1h8v8h-8zM2.4 2.4h5.2v5.2h-5.2z"/></svg>outline: below zero</span>' +
    '<span>The larger the square, the further from zero.</span></div>'
  );
}

/** Tall pictures would not fit a screen in full width. */
function shapeOf({ width, height }: Picture): string {
  return height > width ? 'tall' : '';
}

function figures(kind: string, items: readonly string[]): string {
  return `<div class="pictures ${kind}">${items.join('')}</div>`;
}

/** @param caption markup */
function figure(inside: string, caption: string = ''): string {
  return `<figure>${inside}${caption === '' ? '' : `<figcaption>${caption}</figcaption>`}</figure>`;
}

function image({ url, width, height }: Picture, title: string): string {
  return `<img src="${url}" width="${width}" height="${height}" alt="${escapeText(title)}">`;
}

function picture(url: string, title: string): string {
  return `<img src="${url}" alt="${escapeText(title)}">`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
