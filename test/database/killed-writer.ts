/** A program that names a person and then stores photos until it is killed; says so after each. */

import { openLibraryDatabase } from '../../electron/database/thread/open-library-database.ts';
import { everyone, makePhoto, standardPack } from './library-fixture.ts';

const [libraryFolder] = process.argv.slice(2);
if (libraryFolder === undefined) throw new Error('Expected a folder');
const database = await openLibraryDatabase({ libraryFolder });
const analysis = { packId: await database.registerPack(standardPack), pipelineVersion: 1, effort: 1 };
const { faceIds } = await database.savePhoto(makePhoto('first', 1), analysis);
await database.saveClustering({
  packId: analysis.packId,
  algorithm: 'test',
  parameters: {},
  clusters: [],
  assignments: faceIds.map((faceId) => ({ faceId, person: 0 })),
});
const { people } = await database.listPeople(everyone);
for (const person of people) await database.act('people.name', { personId: person.id, name: 'Anna' });
for (let index = 0; ; index++) {
  await database.savePhoto(makePhoto(`photo ${index}`, 2), analysis);
  process.stdout.write('saved\n');
}
