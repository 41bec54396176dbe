/** Serves the built renderer over a real engine and an invented library, to look at it in a browser:
 *  `npx tsx test/support/serve-invented.ts`.
 *  Options: --empty (welcome), --people <n> (that many more), --albums <n> (people in pieces, to review), --port <n>,
 *  --learnt (something was learnt from the user), --confirmed (whoever has two faces is confirmed). */

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startLocalServer } from '../../electron/server/local-server.ts';
import { openInventedEngine } from './invented-engine.ts';

const { values } = parseArgs({
  options: {
    empty: { type: 'boolean', default: false },
    people: { type: 'string', default: '0' },
    port: { type: 'string' },
    albums: { type: 'string', default: '0' },
    learnt: { type: 'boolean', default: false },
    confirmed: { type: 'boolean', default: false },
    renderer: { type: 'string', default: fileURLToPath(new URL('../../dist/renderer', import.meta.url)) },
  },
});

const engine = await openInventedEngine({
  isFilled: !values.empty,
  hasLearnt: values.learnt,
  extraPeople: Number(values.people),
  albums: Number(values.albums),
  isConsentGiven: !values.empty,
});
if (values.confirmed) {
  const { people } = await engine.api.call('people.list', { limit: 1000 });
  for (const { id, faceCount } of people) {
    const { faces } = await engine.api.call('faces.list', { personId: id, limit: 1000 });
    if (faceCount > 1) await engine.api.call('faces.confirm', { faceIds: faces.map((face) => face.id) });
  }
}
const server = await startLocalServer({
  engine,
  rendererFolder: values.renderer,
  ...(values.port === undefined ? {} : { port: Number(values.port) }),
  onBug: (error) => console.error(error),
});
console.log(server.createTicketUrl());
process.once('SIGINT', () => void server.close().then(() => engine.close()));
