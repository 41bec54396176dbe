/** What a window does with whole clusters: doubtful faces, splits, comparing anew, birth dates, strangers, doubles. */

import { describe, expect, it } from 'vitest';
import type { PersonSummary } from '../../electron/api/schemas.ts';
import type { FaceId } from '../../electron/base/ids.ts';
import { BirthDate } from '../../renderer/person/birth-date.svelte.ts';
import { isDoubtful } from '../../renderer/person/person.svelte.ts';
import { StrangersState } from '../../renderer/people/strangers.svelte.ts';
import { ReclusterState } from '../../renderer/person/recluster.svelte.ts';
import { SplitState } from '../../renderer/person/split.svelte.ts';
import { listPeople, openWindow } from './open-window.ts';
import type { OpenWindow } from './open-window.ts';

/** A person among whose faces are those of another. */
async function findMixed({ engine }: OpenWindow): Promise<PersonSummary> {
  const { people } = await engine.api.call('people.listMixed', {});
  if (people[0] === undefined) throw new Error('Expected somebody who may be two');
  return people[0].person;
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('the faces of a person', () => {
  it('stand in the order of doubt where the user asks for it, and the next comes under the cursor', async () => {
    const opened = await openWindow();
    const { id } = await findMixed(opened);
    const person = opened.app.views.openPerson(id);
    await person.load();
    expect(person.faces.items.every((face) => face?.fit === null)).toBe(true);
    person.cursor.index = 3;
    await person.show('doubtful');
    expect(person.cursor.index).toBe(0);
    const [worst, next] = person.faces.items;
    expect(isDoubtful(worst!)).toBe(true);
    const fits = person.faces.items.map((face) => face!.fit!);
    expect(fits).toEqual([...fits].sort((one, other) => one - other));
    await person.reject(person.targets);
    await person.refresh();
    expect(person.faces.items[0]?.id).toBe(next?.id);
    expect(person.cursor.index).toBe(0);
  });

  it('bring a warning where they seem to be of several people, until they are split', async () => {
    const opened = await openWindow();
    const { app, engine } = opened;
    const mixed = await findMixed(opened);
    const person = app.views.openPerson(mixed.id);
    await person.load();
    expect(person.isMixed).toBe(true);
    const { groups } = await engine.api.call('people.proposeSplit', { personId: mixed.id });
    await engine.api.call('people.split', { personId: mixed.id, groups: groups.slice(1).map(({ faceIds }) => faceIds) });
    await person.checkMixture();
    expect(person.isMixed).toBe(false);
  });
});

describe('splitting', () => {
  async function openSplit() {
    const opened = await openWindow();
    const mixed = await findMixed(opened);
    const split = new SplitState(opened.app.api, opened.app.clusterActions, mixed);
    await split.load();
    return { ...opened, opened, mixed, split };
  }

  it('is done as proposed, as one step that can be undone', async () => {
    const { opened, app, engine, mixed, split } = await openSplit();
    const before = await listPeople(opened);
    expect(split.groups.flat().length).toBe(mixed.faceCount);
    const leaving = split.groups.slice(1);
    expect(await split.apply()).toBe(true);
    const after = await listPeople(opened);
    expect(after.length).toBe(before.length + leaving.length);
    expect(after.find(({ id }) => id === mixed.id)?.faceCount).toBe(split.groups[0]!.length);
    expect(app.toasts.list.at(-1)?.text).toBe(`Split into ${split.groups.length} people`);
    await engine.api.call('journal.undo', { entryId: (await engine.api.call('library.status', {})).lastDone!.id });
    expect(await listPeople(opened)).toEqual(before);
  });

  it('takes faces by selection or one alone, and drops groups that are empty', async () => {
    const { split } = await openSplit();
    const [first, second] = split.groups as [FaceId[], FaceId[]];
    split.toggle(first[0]!, false);
    split.toggle(first[2]!, true);
    expect(split.selection.size).toBe(3);
    expect(split.targetsOf(second[0]!, true)).toEqual([second[0]]);
    expect(split.targetsOf(second[0]!)).toEqual(first.slice(0, 3));
    split.move(split.targetsOf(null), 'new');
    expect(split.groups.at(-1)).toEqual(first.slice(0, 3));
    expect(split.selection.size).toBe(0);
    split.removeGroup(split.groups.length - 1);
    expect(new Set(split.groups[0])).toEqual(new Set(first));
    split.move(second, 0);
    expect(split.groups.some((group) => group.length === 0)).toBe(false);
    split.move(second, 7);
    expect(split.groups.flat().length).toBe(new Set(split.groups.flat()).size);
  });

  it('lets the next group stay where nobody is left in the first', async () => {
    const { opened, mixed, split } = await openSplit();
    const [first, second] = split.groups as [FaceId[], FaceId[]];
    split.move(first, 'new');
    expect(split.groups[0]).toEqual([]);
    expect(await split.apply()).toBe(true);
    expect((await listPeople(opened)).find(({ id }) => id === mixed.id)?.faceCount).toBe(second.length);
  });

  it('cannot be done with one group', async () => {
    const { app, split } = await openSplit();
    split.move(split.order, 0);
    expect(split.canSplit).toBe(false);
    expect(await split.apply()).toBe(false);
    expect(app.toasts.list).toEqual([]);
  });

  it('says why where the person is gone', async () => {
    const { app, mixed } = await openSplit();
    const gone = { ...mixed, id: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' as PersonSummary['id'] };
    const split = new SplitState(app.api, app.clusterActions, gone);
    await split.load();
    expect(split.error?.code).toBe('not-found');
    expect(split.isLoading).toBe(false);
  });
});

describe('comparing anew', () => {
  it('changes what stays ticked and nothing else', async () => {
    const opened = await openWindow();
    const mixed = await findMixed(opened);
    const recluster = new ReclusterState(opened.app.api, opened.app.clusterActions, mixed);
    await recluster.load();
    const [leaving] = recluster.groups('leaving');
    const [joining] = recluster.groups('joining');
    expect([recluster.tickOf(leaving!), recluster.tickOf(joining!)]).toEqual(['all', 'all']);
    for (const group of recluster.groups('joining')) recluster.toggleGroup(group);
    recluster.toggle(joining![0]!);
    expect(recluster.tickOf(joining!)).toBe(joining!.length === 1 ? 'all' : 'some');
    expect(recluster.count('joining')).toBe(1);
    recluster.toggle(leaving![0]!);
    const out = recluster.count('leaving');
    expect(await recluster.apply()).toBe(true);
    const after = (await listPeople(opened)).find(({ id }) => id === mixed.id);
    expect(after?.faceCount).toBe(mixed.faceCount - out + 1);
    expect(opened.app.toasts.list.at(-1)?.text).toContain('1 in');
  });

  it('has nothing to do where everything is unticked', async () => {
    const opened = await openWindow();
    const recluster = new ReclusterState(opened.app.api, opened.app.clusterActions, await findMixed(opened));
    await recluster.load();
    for (const side of ['leaving', 'joining'] as const) recluster.groups(side).forEach((group) => recluster.toggleGroup(group));
    expect(recluster.canApply).toBe(false);
    expect(await recluster.apply()).toBe(false);
  });
});

describe('a birth date', () => {
  it('is read as its user writes it, whatever the window speaks', async () => {
    const { app } = await openWindow();
    const [person] = (await app.api.call('people.list', { limit: 1 })).people;
    const birthDate = new BirthDate(app.clusterActions, person!, ['de-DE', 'en']);
    for (const [text, date] of [
      ['3.5.1990', '1990-05-03'],
      ['03/05/1990', '1990-05-03'],
      ['März 1990', '1990-03'],
      ['1990년 5월 3일', '1990-05-03'],
    ] as const) {
      birthDate.text = text;
      expect(birthDate.date).toBe(date);
    }
  });

  it('takes faces from before it out, and says which confirmed ones contradict it', async () => {
    const opened = await openWindow();
    const { app, engine } = opened;
    const [largest] = await listPeople(opened);
    const { faces } = await engine.api.call('faces.list', { personId: largest!.id });
    // The albums begin in 2012, a year each.
    await engine.api.call('faces.confirm', { faceIds: [faces[0]!.id] });
    const birthDate = new BirthDate(app.clusterActions, largest!, ['en']);
    birthDate.text = 'nonsense';
    expect([birthDate.isWrong, birthDate.canSave]).toEqual([true, false]);
    birthDate.text = '2014';
    await birthDate.save();
    expect(birthDate.contradictions).toEqual([faces[0]!.id]);
    expect(birthDate.isSettled).toBe(false);
    const after = await engine.api.call('people.get', { personId: largest!.id });
    expect(after.born).toBe('2014');
    expect(after.faceCount).toBeLessThan(largest!.faceCount);
    expect(app.toasts.list.at(-1)?.text).toBe(`Born 2014. ${largest!.faceCount - after.faceCount} faces from before went out`);
    const again = new BirthDate(app.clusterActions, after, ['en']);
    expect(again.text).toBe('2014');
    await again.remove();
    expect(again.isSettled).toBe(true);
    expect((await engine.api.call('people.get', { personId: largest!.id })).born).toBeNull();
  });
});

describe('strangers', () => {
  it('are counted first and set aside as one step', async () => {
    const opened = await openWindow();
    const { app, engine } = opened;
    const before = await listPeople(opened);
    const strangers = new StrangersState(app.api, app.clusterActions);
    await strangers.load();
    strangers.choose(2);
    const rare = before.filter(({ faceCount }) => faceCount <= 2);
    expect(strangers.count?.people).toBe(rare.length);
    expect(rare.length).toBeGreaterThan(0);
    expect(await strangers.apply()).toBe(true);
    const shown = (await listPeople(opened)).filter(({ isIgnored }) => !isIgnored);
    expect(shown.length).toBe(before.length - rare.length);
    await engine.api.call('journal.undo', { entryId: (await engine.api.call('library.status', {})).lastDone!.id });
    expect(await listPeople(opened)).toEqual(before);
  });

  it('in a photo are set aside at once, and nobody who has a name', async () => {
    const opened = await openWindow();
    const { app, engine } = opened;
    const [largest] = await listPeople(opened);
    await engine.api.call('people.name', { personId: largest!.id, name: 'Anna' });
    const { photoIds } = await engine.api.call('photos.list', { personId: largest!.id });
    const photo = app.views.openPhoto(photoIds[0]!, largest!.id, null);
    await photo.load();
    const count = photo.strangers.length;
    expect(count).toBeGreaterThan(0);
    const done = photo.ignoreStrangers();
    expect(photo.strangers).toEqual([]);
    await done;
    expect(photo.faces.filter(({ isIgnored }) => isIgnored).length).toBe(count);
    expect(photo.faces.find(({ personName }) => personName === 'Anna')?.isIgnored).toBe(false);
    expect(app.toasts.list.at(-1)?.text).toBe(`${count} ${count === 1 ? 'face' : 'faces'} set aside`);
  });
});

describe('people to look at', () => {
  it('are those who may be several, and names that stand twice in a photo', async () => {
    const opened = await openWindow();
    const { app, engine } = opened;
    await app.checks.refresh();
    expect(app.checks.mixed.total).toBeGreaterThan(0);
    expect(app.checks.doubles.total).toBe(0);
    const [someone] = (await engine.api.call('people.listMixed', {})).people;
    app.router.go({ view: 'checks', list: 'doubles' });
    await engine.api.call('people.name', { personId: someone!.person.id, name: 'Anna' });
    await settle();
    await app.checks.refresh();
    const [double] = app.checks.doubles.items;
    expect(double?.name).toBe('Anna');
    expect(double?.faces.length).toBe(2);
  });

  it('lead back from a photo to where one came from', async () => {
    const { app, engine } = await openWindow();
    const { photoIds } = await engine.api.call('photos.list', {});
    app.router.go({ view: 'checks', list: 'doubles' });
    app.router.go({ view: 'photo', photoId: photoIds[0]!, personId: null, faceId: null });
    app.router.replace({ view: 'photo', photoId: photoIds[1]!, personId: null, faceId: null });
    expect(app.router.origin).toEqual({ view: 'checks', list: 'doubles' });
  });
});
