/** What a window does with the engine, from the first import to undo, without a DOM. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../electron/api/schemas.ts';
import type { App } from '../../renderer/app/app.svelte.ts';
import type { Questions } from '../../renderer/app/questions.ts';
import type { OpenViews } from '../../renderer/app/open-views.svelte.ts';
import { FolderPicker } from '../../renderer/imports/folder-picker.svelte.ts';
import type { SameNameAnswer, SameNameQuestion } from '../../renderer/naming/naming.svelte.ts';
import { NameCompletion } from '../../renderer/naming/name-completion.svelte.ts';
import { PersonPicker } from '../../renderer/naming/person-picker.svelte.ts';
import type { InventedEngine } from '../support/invented-engine.ts';
import { openWindow, type OpenWindow } from './open-window.ts';

async function openFilled(answers: Partial<Questions> = {}): Promise<OpenWindow> {
  const opened = await openWindow({ isFilled: true, isConsentGiven: true, answers });
  await opened.app.people.list.show(0, 100);
  return opened;
}

function finishJob(engine: InventedEngine): Promise<JobSnapshot> {
  return new Promise((resolve) => {
    const stop = engine.api.on('job', (job) => {
      if (job.state !== 'done') return;
      stop();
      resolve(job);
    });
  });
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** With folders in it, but no photos. */
function makePhotoFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kindred-photos-'));
  folders.push(folder);
  for (const name of ['spring', 'summer']) mkdirSync(path.join(folder, name));
  return folder;
}

async function listImported(engine: InventedEngine): Promise<string[][]> {
  const { jobs } = await engine.api.call('jobs.list', {});
  return jobs.flatMap((job) => (job.kind === 'import' ? [job.folders] : []));
}

/** The newest message. */
const lastToast = (app: App) => app.toasts.list.at(-1);

/** A toast's button runs by itself, so what follows it is waited for by the toast it brings. */
async function press(app: App): Promise<void> {
  const before = lastToast(app);
  before?.action?.run();
  for (let turn = 0; turn < 200 && lastToast(app) === before; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await app.people.refresh();
}

describe('the first start', () => {
  it('welcomes, asks for consent once, and imports the samples', async () => {
    let asked = 0;
    const { app, engine } = await openWindow({ answers: { agreesToFaces: async () => ++asked > 0 } });
    expect(app.isWelcome).toBe(true);
    expect(app.library.status?.isConsentGiven).toBe(false);
    const finished = finishJob(engine);
    await app.importStarter.trySamples();
    await finished;
    await app.importStarter.addFolders();
    expect(asked).toBe(1);
    await app.library.refresh();
    expect(app.isWelcome).toBe(false);
    expect(app.library.status?.isConsentGiven).toBe(true);
    expect(app.imports.shown?.state).toBe('done');
    expect(app.imports.shown).toMatchObject({ summary: { photos: 6 } });
    const { shown } = app.imports;
    if (shown !== null) app.imports.dismiss(shown.id);
    expect(app.imports.shown).toBeNull();
  });

  it('imports nothing where consent is not given', async () => {
    const { app, engine } = await openWindow({});
    await app.importStarter.addFolders();
    expect(await listImported(engine)).toEqual([]);
    expect(app.isWelcome).toBe(true);
  });

  it('takes the folders of the system dialog, and nothing where it was cancelled', async () => {
    const folder = makePhotoFolder();
    let answer: string[] = [];
    const { app, engine } = await openWindow({ isConsentGiven: true, chooseFolders: async () => answer });
    await app.importStarter.addFolders();
    expect(await listImported(engine)).toEqual([]);
    answer = [folder];
    const finished = finishJob(engine);
    await app.importStarter.addFolders();
    await finished;
    expect(await listImported(engine)).toEqual([[folder]]);
  });

  it('lets folders be chosen where there is no system dialog', async () => {
    const folder = makePhotoFolder();
    let chosen: readonly string[] = [];
    const { app, engine } = await openWindow({ isConsentGiven: true, answers: { chooseFolders: async () => chosen } });
    const picker = new FolderPicker(app.api);
    await picker.open(folder);
    const home = picker.listing;
    expect(home?.folders.length).toBeGreaterThan(0);
    const [first] = home?.folders ?? [];
    if (first === undefined || home === null) throw new Error('Expected a folder');
    picker.toggle(first.path);
    picker.toggle(first.path);
    expect(picker.chosen).toEqual([]);
    picker.toggle(first.path);
    await picker.open(first.path);
    await picker.openParent();
    expect(picker.listing?.folders[picker.cursor]?.path).toBe(first.path);
    await picker.open(path.join(folder, 'no such folder'));
    expect(picker.error?.code).toBe('not-found');
    expect(picker.listing?.path).toBe(home.path);
    chosen = picker.result;
    const finished = finishJob(engine);
    await app.importStarter.addFolders();
    await finished;
    expect(await listImported(engine)).toEqual([[first.path]]);
  });
});

describe('people', () => {
  it('are named at once and counted as named', async () => {
    const { app } = await openFilled();
    const [first] = app.people.list.items;
    if (first === undefined) throw new Error('Expected a person');
    await app.naming.submitName({ person: first, faceId: null }, '  Anna ');
    await app.people.refresh();
    expect(app.people.find(first.id)?.name).toBe('Anna');
    expect(lastToast(app)?.text).toBe('Named Anna');
    expect(app.naming.isBusy).toBe(false);
    await press(app);
    expect(app.people.find(first.id)?.name).toBeNull();
    expect(lastToast(app)?.text).toBe('Undone: Named Anna');
    await press(app);
    expect(app.people.find(first.id)?.name).toBe('Anna');
  });

  it('are offered to be merged where the name is known, and merged only if the user says so', async () => {
    const asked: SameNameQuestion[] = [];
    let answer: SameNameAnswer = 'two-people';
    const { app } = await openFilled({
      isSamePerson: async (question) => {
        asked.push(question);
        return answer;
      },
    });
    const [first, second] = app.people.list.items;
    if (first === undefined || second === undefined) throw new Error('Expected two people');
    const total = app.people.list.total ?? 0;
    await app.naming.submitName({ person: first, faceId: null }, 'Anna');
    expect(asked).toEqual([]);
    await app.naming.submitName({ person: second, faceId: null }, 'anna');
    expect(asked.map(({ known }) => known.id)).toEqual([first.id]);
    await app.people.refresh();
    expect(app.people.list.total).toBe(total);
    expect(app.people.list.items.filter((person) => person?.name === 'Anna').length).toBe(2);
    await app.actions.undo();
    answer = 'same';
    const merged = await app.naming.submitName({ person: second, faceId: null }, 'Anna');
    expect(merged?.id).toBe(first.id);
    await app.people.refresh();
    expect(app.people.list.total).toBe(total - 1);
  });

  it('keep the only name when dropped on someone without one, and come back by undo', async () => {
    const { app } = await openFilled();
    const [first, second] = app.people.list.items;
    if (first === undefined || second === undefined) throw new Error('Expected two people');
    const total = app.people.list.total ?? 0;
    await app.naming.submitName({ person: second, faceId: null }, 'Bea');
    await app.people.refresh();
    app.people.startDrag(second.id);
    expect(app.people.dragOver(second.id)).toBe(false);
    expect(app.people.dragOver(first.id)).toBe(true);
    await app.people.drop();
    expect(app.people.drag).toBeNull();
    expect(app.people.list.total).toBe(total - 1);
    expect(app.people.find(second.id)?.name).toBe('Bea');
    expect(app.people.find(first.id)).toBeNull();
    await press(app);
    expect(app.people.list.total).toBe(total);
  });

  it('stay where they are while a name is typed', async () => {
    const { app, engine } = await openFilled();
    const ids = app.people.list.items.map((person) => person?.id);
    const [first, second, third] = ids;
    if (first === undefined || second === undefined || third === undefined) throw new Error('Expected people');
    app.people.startEditing(first);
    await engine.api.call('people.merge', { target: third, sources: [second] });
    await app.people.refresh();
    expect(app.people.list.items.map((person) => person?.id)).toEqual(ids);
    app.people.stopEditing();
    await app.people.refresh();
    expect(app.people.list.total).toBe(ids.length - 1);
  });

  it('are filtered by having a name and by being ignored', async () => {
    const { app } = await openFilled();
    const [first, second] = app.people.list.items;
    if (first === undefined || second === undefined) throw new Error('Expected two people');
    const total = app.people.list.total ?? 0;
    await app.actions.namePerson(first.id, 'Anna');
    await app.people.ignore([second]);
    expect(app.people.list.total).toBe(total - 1);
    await app.people.show('named');
    expect(app.people.list.items.map((person) => person?.name)).toEqual(['Anna']);
    await app.people.show('unnamed');
    expect(app.people.list.total).toBe(total - 2);
    await app.people.show('ignored');
    expect(app.people.list.items.map((person) => person?.id)).toEqual([second.id]);
    await app.people.restore(second);
    expect(app.people.list.total).toBe(0);
  });

  it('are all selected, fetched or not', async () => {
    const { app } = await openWindow({ isFilled: true, isConsentGiven: true, extraPeople: 500 });
    await app.people.list.show(0, 20);
    await app.people.selectAll();
    expect(app.people.selection.size).toBe(app.people.list.total);
    expect(app.people.isSelectingAll).toBe(false);
  });

  it('come back when a merge is refused', async () => {
    const { app } = await openFilled();
    const [first] = app.people.list.items;
    const total = app.people.list.total;
    if (first === undefined) throw new Error('Expected a person');
    const unknown = '0b5c1f4e-7a52-4f0e-9a3c-2d1b5a7c9e01' as typeof first.id;
    expect(await app.people.merge(unknown, [first.id])).toBe(false);
    expect(app.people.list.total).toBe(total);
    expect(lastToast(app)?.tone).toBe('error');
    expect(app.actions.pending).toBe(0);
  });
});

describe('a person', () => {
  async function openLargest(): Promise<OpenWindow & { view: ReturnType<OpenViews['openPerson']> }> {
    const opened = await openFilled();
    const [first] = opened.app.people.list.items;
    if (first === undefined) throw new Error('Expected a person');
    opened.app.router.go({ view: 'person', personId: first.id });
    const view = opened.app.views.openPerson(first.id);
    await view.load();
    return { ...opened, view };
  }

  it('loses a face at once, for good until undo', async () => {
    const { app, view } = await openLargest();
    const [face] = view.faces.items;
    const total = view.faces.total ?? 0;
    if (face === undefined) throw new Error('Expected a face');
    const rejected = view.reject([face.id]);
    expect(view.faces.total).toBe(total - 1);
    await rejected;
    await view.refresh();
    expect(view.faces.total).toBe(total - 1);
    await press(app);
    await view.refresh();
    expect(view.faces.total).toBe(total);
  });

  it('has faces confirmed and a cover chosen', async () => {
    const { view } = await openLargest();
    view.selection.replace(view.faces.items.flatMap((face) => (face === undefined ? [] : [face.id])));
    await view.confirm(view.targets);
    expect(view.selection.size).toBe(0);
    await view.refresh();
    expect(view.person?.confirmedCount).toBe(view.person?.faceCount);
    const last = view.faces.items.at(-1);
    if (last === undefined) throw new Error('Expected a face');
    await view.chooseCover(last.id);
    await view.refresh();
    expect(view.person?.coverFaceId).toBe(last.id);
  });

  it('gives a face to a new person with a name, undone together', async () => {
    const { app, view } = await openLargest();
    const total = view.faces.total ?? 0;
    const [face] = view.faces.items;
    if (face === undefined) throw new Error('Expected a face');
    await app.views.moveFaces([face.id], null, 'Carla');
    expect(view.faces.total).toBe(total - 1);
    expect((await app.api.call('people.search', { query: 'car' })).people.length).toBe(1);
    await press(app);
    await view.refresh();
    expect(view.faces.total).toBe(total);
    expect((await app.api.call('people.search', { query: 'car' })).people.length).toBe(0);
  });

  it('is followed to where it was merged', async () => {
    const { app, addresses, view } = await openLargest();
    const other = app.people.list.items[1];
    if (other === undefined) throw new Error('Expected another person');
    await app.views.mergeInto(other.id, view.personId);
    expect(addresses.at(-1)).toBe(`#/person/${other.id}`);
  });

  it('that is not there says so', async () => {
    const { app } = await openFilled();
    const view = app.views.openPerson('0b5c1f4e-7a52-4f0e-9a3c-2d1b5a7c9e01' as never);
    await view.load();
    expect(view.error?.code).toBe('not-found');
  });
});

describe('a photo', () => {
  async function openFirst(): Promise<OpenWindow & { view: ReturnType<OpenViews['openPhoto']> }> {
    const opened = await openFilled();
    const { photoIds } = await opened.engine.api.call('photos.list', {});
    const [first] = photoIds;
    if (first === undefined) throw new Error('Expected a photo');
    opened.app.router.go({ view: 'photo', photoId: first, personId: null, faceId: null });
    const view = opened.app.views.openPhoto(first, null, null);
    await view.load();
    return { ...opened, view };
  }

  it('knows the ones before and after', async () => {
    const { view } = await openFirst();
    expect(view.neighbours).toMatchObject({ previous: null, position: 1, total: 6 });
    const next = view.neighbours?.next;
    if (next == null) throw new Error('Expected a next photo');
    await view.show(next);
    expect(view.neighbours?.position).toBe(2);
    expect(view.neighbours?.previous).not.toBeNull();
  });

  it('has its faces from left to right, and names one', async () => {
    const { app, view } = await openFirst();
    const lefts = view.faces.map((face) => face.box?.x ?? 0);
    expect(lefts).toEqual([...lefts].sort((one, other) => one - other));
    const [face] = view.faces;
    if (face === undefined) throw new Error('Expected a face');
    await app.photoNaming.nameFace(view, face, 'Dora');
    expect(view.faces[0]?.personName).toBe('Dora');
    const [named] = view.faces;
    if (named === undefined) throw new Error('Expected a face');
    await app.photoNaming.nameFace(view, named, 'Eve');
    expect(view.faces[0]?.personName).toBe('Eve');
    expect(view.faces[0]?.personId).not.toBe(face.personId);
  });

  it('zooms in steps and back to fitting', async () => {
    const { view } = await openFirst();
    view.zoomBy(-1);
    expect(view.zoom).toBe(1);
    for (let step = 0; step < 9; step += 1) view.zoomBy(1);
    expect(view.zoom).toBe(4);
  });
});

describe('history', () => {
  it('goes back to any point and forward again', async () => {
    const { app } = await openFilled();
    const ids = app.people.list.items.slice(0, 3).map((person) => person?.id);
    for (const [index, id] of ids.entries()) if (id !== undefined) await app.actions.namePerson(id, `Name ${index}`);
    await app.history.list.refresh();
    expect(app.history.undoneCount).toBe(0);
    await app.history.goTo(1);
    expect(app.history.undoneCount).toBe(2);
    expect(app.history.isBusy).toBe(false);
    await app.history.goTo(0);
    expect(app.history.undoneCount).toBe(0);
  });

  it('lets an old message undo exactly what it is about, and nothing newer', async () => {
    const { app } = await openFilled();
    const [first, second] = app.people.list.items;
    if (first === undefined || second === undefined) throw new Error('Expected two people');
    await app.actions.namePerson(first.id, 'Anna');
    const older = lastToast(app)?.action;
    await app.api.call('people.name', { personId: second.id, name: 'Bea' });
    older?.run();
    const nameOf = async ({ id }: { id: typeof first.id }) => (await app.api.call('people.get', { personId: id })).name;
    await expect.poll(() => nameOf(first)).toBeNull();
    expect(await nameOf(second)).toBe('Bea');
  });

  it('says when there is nothing to undo', async () => {
    const { app } = await openFilled();
    await app.actions.undo();
    expect(lastToast(app)).toMatchObject({ tone: 'error', text: 'There is nothing to undo.' });
  });

  it('offers no undo for what changed nothing', async () => {
    const { app } = await openFilled();
    const [first] = app.people.list.items;
    if (first === undefined) throw new Error('Expected a person');
    await app.actions.ignorePeople([]);
    expect(lastToast(app)?.action).toBeNull();
  });
});

describe('completion', () => {
  it('offers known people but the one being named, and moves through them and back to the typed text', async () => {
    const { app } = await openFilled();
    const [first, second] = app.people.list.items;
    if (first === undefined || second === undefined) throw new Error('Expected two people');
    await app.actions.namePerson(first.id, 'Anna Kim');
    await app.actions.namePerson(second.id, 'Annette');
    const completion = new NameCompletion(app.api, [second.id]);
    await completion.search('an');
    expect(completion.options.map((person) => person.name)).toEqual(['Anna Kim']);
    expect(completion.chosen).toBeNull();
    completion.moveHighlight(1);
    expect(completion.chosen?.name).toBe('Anna Kim');
    completion.moveHighlight(1);
    expect(completion.chosen).toBeNull();
    completion.moveHighlight(-1);
    expect(completion.chosen?.name).toBe('Anna Kim');
    await completion.search('');
    expect(completion.options).toEqual([]);
  });

  it('drops an answer that a newer question has overtaken', async () => {
    const { app } = await openFilled();
    const [first] = app.people.list.items;
    if (first === undefined) throw new Error('Expected a person');
    await app.actions.namePerson(first.id, 'Anna');
    const completion = new NameCompletion(app.api);
    await Promise.all([completion.search('an'), completion.search('zz')]);
    expect(completion.options).toEqual([]);
    expect(completion.query).toBe('zz');
  });

  it('offers a new person first, and last once something is typed', async () => {
    const { app } = await openFilled();
    const [first] = app.people.list.items;
    if (first === undefined) throw new Error('Expected a person');
    await app.actions.namePerson(first.id, 'Anna');
    const picker = new PersonPicker(app.api, [], true);
    await picker.search('');
    expect(picker.choices[0]).toEqual({ kind: 'new', name: null });
    await picker.search('Ann');
    expect(picker.choices.map((choice) => choice.kind)).toEqual(['known', 'new']);
    expect(picker.choices.at(-1)).toEqual({ kind: 'new', name: 'Ann' });
  });
});

describe('the connection', () => {
  it('is shown as the host sees it', async () => {
    const { app, setConnection } = await openFilled();
    expect(app.connection).toBe('connected');
    setConnection('reconnecting');
    expect(app.connection).toBe('reconnecting');
  });

  it('that is lost fails an action with its reason and leaves nothing busy', async () => {
    const { app, engine } = await openFilled();
    const [first] = app.people.list.items;
    if (first === undefined) throw new Error('Expected a person');
    await engine.close();
    const outcome = await app.actions.namePerson(first.id, 'Anna');
    expect(outcome.isDone).toBe(false);
    expect(lastToast(app)?.tone).toBe('error');
    expect(app.actions.pending).toBe(0);
  });
});
