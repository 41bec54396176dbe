/** How much a window asks of the engine: one click is one call, and what it changed is not fetched again for it. */

import { describe, expect, it } from 'vitest';
import type { DependentsQuestion } from '../../renderer/actions/steps.svelte.ts';
import { NameCompletion } from '../../renderer/naming/name-completion.svelte.ts';
import { openWindow, type OpenWindow, type WindowOptions } from './open-window.ts';

/** Longer than the engine gathers changes before it tells of them. */
const untilTold = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

/** @returns what was asked of the engine for `click`, and for the news that follow it */
async function listCalls({ calls }: OpenWindow, click: () => Promise<unknown>): Promise<string[]> {
  await untilTold();
  const before = calls.length;
  await click();
  await untilTold();
  return calls.slice(before);
}

async function openPeople(options: WindowOptions = {}) {
  const opened = await openWindow({ albums: 4, isConsentGiven: true, ...options });
  await opened.app.people.list.show(0, 50);
  const people = opened.app.people.list.items.flatMap((person) => (person === undefined ? [] : [person]));
  return { opened, app: opened.app, people };
}

describe('one click is one call', () => {
  it('for a merge, which the list shows', async () => {
    const { opened, app, people } = await openPeople();
    const [first, second] = people;
    const total = app.people.list.total!;
    expect(await listCalls(opened, () => app.people.merge(first!.id, [second!.id]))).toEqual(['people.merge']);
    expect(app.people.list.total).toBe(total - 1);
    expect(app.people.find(first!.id)?.faceCount).toBe(first!.faceCount + second!.faceCount);
    expect(app.library.status?.lastDone?.kind).toBe('merge-people');
  });

  it('for a name, where the names that begin so have been looked up while it was typed', async () => {
    const { opened, app, people } = await openPeople();
    const completion = new NameCompletion(app.api, [people[0]!.id]);
    await completion.search('Anna');
    const named = () => app.naming.submitName({ person: people[0]!, faceId: null }, 'Anna', completion.findTyped('Anna'));
    expect(await listCalls(opened, named)).toEqual(['people.name']);
  });

  it('for confirming and for taking out faces', async () => {
    const { opened, app, people } = await openPeople();
    app.router.go({ view: 'person', personId: people[0]!.id });
    const view = app.views.openPerson(people[0]!.id);
    await view.load();
    const [one, other] = view.faces.items;
    expect(await listCalls(opened, () => view.confirm([one!.id]))).toEqual(['faces.confirm']);
    expect(view.person?.confirmedCount).toBe(1);
    expect(await listCalls(opened, () => view.reject([other!.id]))).toEqual(['faces.reject']);
    expect(view.person?.faceCount).toBe(people[0]!.faceCount - 1);
  });

  it('for setting many people aside, and for taking that back, which brings them back', async () => {
    const { opened, app } = await openPeople({ albums: 0, extraPeople: 300 });
    await app.people.selectAll();
    const total = app.people.list.total!;
    expect(await listCalls(opened, () => app.people.ignore(app.people.selectedPeople))).toEqual(['people.ignore']);
    expect(app.people.list.total).toBe(0);
    const undoing = await listCalls(opened, () => app.actions.undo());
    expect(undoing.filter((method) => method.startsWith('journal'))).toEqual(['journal.undo']);
    // Who came back is asked for once, as far as it is on screen.
    expect(undoing.filter((method) => method === 'people.list').length).toBeLessThanOrEqual(2);
    expect(app.people.list.total).toBe(total);
  });

  it('for an answer, while questions are ready behind it', async () => {
    const { opened, app } = await openPeople({ albums: 10 });
    app.router.go({ view: 'review', personId: null });
    const review = app.views.openReview(null);
    await review.refresh();
    for (const answer of ['no', 'not-sure', 'yes'] as const) {
      expect(await listCalls(opened, () => review.answer(answer))).toEqual(['review.answer']);
    }
  });

  it('for a filter and for the beginning of a name', async () => {
    const { opened, app, people } = await openPeople();
    await app.actions.namePerson(people[0]!.id, 'Anna Kim');
    expect(await listCalls(opened, () => app.people.show('unnamed'))).toEqual(['people.list']);
    expect(app.people.counts).toEqual({ all: people.length, named: 1, unnamed: people.length - 1, ignored: 0 });
    await app.people.show('all');
    expect(await listCalls(opened, () => app.people.search('ki'))).toEqual(['people.list']);
    expect(app.people.list.items.map((person) => person?.name)).toEqual(['Anna Kim']);
  });
});

describe('what others change', () => {
  it('is fetched where it is on screen', async () => {
    const { opened, app, people } = await openPeople();
    await opened.engine.api.call('people.name', { personId: people[1]!.id, name: 'Bea' });
    await expect.poll(() => app.people.find(people[1]!.id)?.name).toBe('Bea');
  });
});

describe('taking a step back on which others build', () => {
  it('asks with their names, and takes them along only if the user says so', async () => {
    const asked: DependentsQuestion[] = [];
    let isWanted = false;
    const takesAlong = async (question: DependentsQuestion): Promise<boolean> => {
      asked.push(question);
      return isWanted;
    };
    const { app, people } = await openPeople({ answers: { takesAlong } });
    const [first, second, third] = people;
    await app.people.merge(first!.id, [second!.id]);
    const [merged] = (await app.api.call('journal.list', {})).entries;
    await app.people.merge(third!.id, [first!.id]);
    await app.history.list.refresh();
    await app.history.takeOne(merged!);
    expect(asked.map(({ direction, dependents }) => [direction, dependents.map(({ kind }) => kind)])).toEqual([['undo', ['merge-people']]]);
    expect((await app.api.call('journal.list', {})).entries.map(({ isUndone }) => isUndone)).toEqual([false, false]);
    isWanted = true;
    await app.history.takeOne(merged!);
    expect((await app.api.call('journal.list', {})).entries.map(({ isUndone }) => isUndone)).toEqual([true, true]);
  });

  it('is no question where nothing builds on it, though it stands in the middle', async () => {
    const asked: DependentsQuestion[] = [];
    const takesAlong = async (question: DependentsQuestion): Promise<boolean> => {
      asked.push(question);
      return false;
    };
    const { app, people } = await openPeople({ answers: { takesAlong } });
    const [first, second] = people;
    await app.api.call('people.name', { personId: first!.id, name: 'Anna' });
    const [named] = (await app.api.call('journal.list', {})).entries;
    await app.api.call('people.name', { personId: second!.id, name: 'Bea' });
    await app.history.list.refresh();
    await app.history.takeOne(named!);
    expect(asked).toEqual([]);
    const entries = (await app.api.call('journal.list', {})).entries;
    expect(entries.map(({ isUndone }) => isUndone)).toEqual([false, true]);
    expect((await app.api.call('people.get', { personId: second!.id })).name).toBe('Bea');
  });
});
