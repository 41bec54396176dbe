/** The questions: asked one at a time, answered at once, taken back, put off, and done with. */

import { describe, expect, it } from 'vitest';
import type { ReviewQuestion } from '../../electron/api/schemas.ts';
import { AppError } from '../../electron/base/errors.ts';
import type { DependentsQuestion } from '../../renderer/actions/steps.svelte.ts';
import type { ReviewState } from '../../renderer/review/review.svelte.ts';
import { formatRoute, parseRoute } from '../../renderer/app/router.svelte.ts';
import { listPeople, openWindow, replaceHandler } from './open-window.ts';
import type { OpenWindow } from './open-window.ts';

async function openReview(options?: Parameters<typeof openWindow>[0]): Promise<OpenWindow & { review: ReviewState }> {
  const opened = await openWindow(options);
  opened.app.router.go({ view: 'review', personId: null });
  const review = opened.app.views.openReview(null);
  await review.refresh();
  return { ...opened, review };
}

/** A library about which there is little to ask. */
const fewQuestions = { albums: 3, isConsentGiven: true };

function requireCurrent(review: ReviewState): ReviewQuestion {
  if (review.current === null) throw new Error('Expected a question');
  return review.current;
}

const idsOf = ({ first, second }: ReviewQuestion): string[] => [first.id, second.id];

async function listJournal({ engine }: OpenWindow) {
  return (await engine.api.call('journal.list', { limit: 100 })).entries;
}

async function answerAll(review: ReviewState, answer: 'yes' | 'no' | 'not-sure'): Promise<void> {
  for (let turn = 0; turn < 500 && review.current !== null; turn += 1) {
    await review.answer(answer);
    await review.refresh();
  }
}

describe('a question', () => {
  it('says how much its answer settles and how many are left', async () => {
    const { review, app } = await openReview();
    const question = requireCurrent(review);
    expect(question.settles).toBeGreaterThan(0);
    expect(question.firstFaces.length).toBeGreaterThan(0);
    expect(review.questionsLeft).toBeGreaterThan(20);
    expect(app.views.libraryReview.questionsLeft).toBe(review.questionsLeft);
  });

  it('is followed by the next at once, before the engine has the answer', async () => {
    const { review, ...opened } = await openReview();
    const [asked, next] = review.questions;
    const left = review.questionsLeft!;
    const sent = review.answer('no');
    expect(review.current).toEqual(next);
    expect(review.questionsLeft).toBe(left - 1);
    expect(review.lastGiven?.entryId).toBeNull();
    await sent;
    const [entry] = await listJournal(opened);
    expect(entry?.kind).toBe('tell-apart');
    expect(review.lastGiven).toMatchObject({ question: asked, answer: 'no', entryId: entry?.id });
    expect(opened.app.toasts.list).toEqual([]);
  });

  it('makes two one by a yes, and is not followed by others about who is gone', async () => {
    const { review, ...opened } = await openReview();
    const { first, second } = requireCurrent(review);
    const before = await listPeople(opened);
    const sent = review.answer('yes');
    expect(review.questions.flatMap(idsOf)).not.toContain(second.id);
    await sent;
    const after = await listPeople(opened);
    expect(after.length).toBe(before.length - 1);
    expect(after.find(({ id }) => id === first.id)?.faceCount).toBe(first.faceCount + second.faceCount);
  });

  it('stays on screen while the list behind it changes', async () => {
    const { review, engine } = await openReview();
    const shown = requireCurrent(review);
    const [other] = review.questions.filter((question) => !idsOf(question).some((id) => idsOf(shown).includes(id)));
    await engine.api.call('people.merge', { target: other!.first.id, sources: [other!.second.id] });
    await review.refresh();
    expect(idsOf(requireCurrent(review))).toEqual(idsOf(shown));
    expect(review.questions.flatMap(idsOf)).not.toContain(other!.second.id);
  });
});

describe('answers', () => {
  it('reach the engine in the order they were given, however fast', async () => {
    const { review, ...opened } = await openReview();
    const given = ['no', 'not-sure', 'no', 'yes'] as const;
    await Promise.all(given.map((answer) => review.answer(answer)));
    const kinds = (await listJournal(opened)).map(({ kind }) => kind).reverse();
    expect(kinds).toEqual(['tell-apart', 'leave-open', 'tell-apart', 'merge-people']);
    expect(review.unsent).toBe(0);
  });

  it('that fail bring their question back behind the one on screen, and say why', async () => {
    const { review, ...opened } = await openReview();
    const [asked, next] = review.questions;
    const left = review.questionsLeft;
    const restore = replaceHandler(opened, 'review.answer', async () => {
      throw new AppError('disk-full', 'Expected room on the disk');
    });
    await review.answer('yes');
    restore();
    expect(review.questions.slice(0, 2)).toEqual([next, asked]);
    expect(review.questionsLeft).toBe(left);
    expect(review.lastGiven).toBeNull();
    expect(opened.app.toasts.list.at(-1)).toMatchObject({ tone: 'error', text: 'The disk is full.' });
  });

  it('about people who are one by now are not asked for again', async () => {
    const { review, engine } = await openReview();
    const asked = requireCurrent(review);
    // Done elsewhere, and this window has not heard of it yet.
    const merged = engine.api.call('people.merge', { target: asked.first.id, sources: [asked.second.id] });
    const sent = review.answer('yes');
    await merged;
    await sent;
    await review.refresh();
    expect(review.questions.some((question) => idsOf(question).every((id) => idsOf(asked).includes(id)))).toBe(false);
    expect(review.lastGiven).toBeNull();
  });

  it('are taken back one by one, and their questions are asked again', async () => {
    const { review, ...opened } = await openReview();
    const [first, second] = review.questions;
    const left = review.questionsLeft;
    const before = await listPeople(opened);
    await review.answer('no');
    void review.answer('yes');
    await review.undoLast();
    expect(idsOf(requireCurrent(review))).toEqual(idsOf(second!));
    expect(await listPeople(opened)).toEqual(before);
    // As Ctrl Z does it among the questions.
    await opened.app.undo();
    expect(idsOf(requireCurrent(review))).toEqual(idsOf(first!));
    expect(review.questionsLeft).toBe(left);
    expect(review.canUndo).toBe(false);
    expect((await listJournal(opened)).every(({ isUndone }) => isUndone)).toBe(true);
    expect(opened.app.toasts.list).toEqual([]);
  });

  it('are taken back as often as one asks, however fast', async () => {
    const { review, ...opened } = await openReview();
    const [first] = review.questions;
    for (const answer of ['no', 'not-sure', 'no'] as const) void review.answer(answer);
    await Promise.all([review.undoLast(), review.undoLast(), review.undoLast(), review.undoLast()]);
    expect(idsOf(requireCurrent(review))).toEqual(idsOf(first!));
    expect((await listJournal(opened)).map(({ isUndone }) => isUndone)).toEqual([true, true, true]);
    expect(review.isUndoing).toBe(false);
  });

  it('are not taken back over something newer that builds on them', async () => {
    const asked: DependentsQuestion[] = [];
    const takesAlong = async (question: DependentsQuestion): Promise<boolean> => asked.push(question) < 0;
    const { review, ...opened } = await openReview({ albums: 10, isConsentGiven: true, answers: { takesAlong } });
    const { first, second } = requireCurrent(review);
    await review.answer('no');
    await opened.engine.api.call('people.merge', { target: first.id, sources: [second.id] });
    await review.undoLast();
    expect((await listJournal(opened)).some(({ isUndone }) => isUndone)).toBe(false);
    expect(asked.map(({ dependents }) => dependents.map(({ kind }) => kind))).toEqual([['merge-people']]);
    expect(review.canUndo).toBe(false);
  });
});

describe('skipping', () => {
  it('puts a question off until the others are through', async () => {
    const { review } = await openReview(fewQuestions);
    const skipped = requireCurrent(review);
    review.skip();
    expect(idsOf(requireCurrent(review))).not.toEqual(idsOf(skipped));
    await review.refresh();
    await answerAll(review, 'no');
    expect(review.isFinished).toBe(true);
    expect(review.skippedCount).toBe(1);
    await review.askSkippedAgain();
    expect(idsOf(requireCurrent(review))).toEqual(idsOf(skipped));
    expect(review.skippedCount).toBe(0);
  });

  it('brings the number of those left down, one by one', async () => {
    const { review } = await openReview();
    const left = review.questionsLeft!;
    for (let skips = 1; skips <= 5; skips += 1) {
      review.skip();
      expect(review.questionsLeft).toBe(left - skips);
    }
    await review.askSkippedAgain();
    expect(review.questionsLeft).toBe(left);
  });
});

describe('the end', () => {
  it('comes when nothing is left to ask', async () => {
    const { review, app } = await openReview(fewQuestions);
    await answerAll(review, 'no');
    expect(review.isFinished).toBe(true);
    expect(review.questionsLeft).toBe(0);
    expect(review.openLeft).toBe(0);
    expect(app.views.libraryReview.questionsLeft).toBe(0);
  });

  it('offers once more what the user could not say, and does not go round in circles', async () => {
    const { review } = await openReview(fewQuestions);
    const count = review.questionsLeft!;
    await answerAll(review, 'not-sure');
    expect(review.isFinished).toBe(true);
    expect(count).toBeGreaterThan(5);
    expect(review.openLeft).toBe(count);
    await review.askOpenAgain();
    expect(review.questionsLeft).toBe(count);
    await answerAll(review, 'not-sure');
    expect(review.isFinished).toBe(true);
    expect(review.skippedCount).toBe(count);
  });

  it('is no end where the engine could not be asked', async () => {
    const opened = await openReview();
    const { review, engine } = opened;
    await engine.close();
    const fresh = opened.app.views.openReview(requireCurrent(review).first.id);
    await fresh.refresh();
    expect(fresh.isFinished).toBe(false);
    expect(fresh.error).not.toBeNull();
    expect(review.isLoading).toBe(false);
  });
});

describe('questions about one person', () => {
  it('are about that one alone and do not change the number in the header', async () => {
    const { app, review } = await openReview();
    const { first } = requireCurrent(review);
    app.router.go({ view: 'review', personId: first.id });
    const about = app.views.openReview(first.id);
    await about.refresh();
    expect(about.questions.length).toBeGreaterThan(0);
    expect(about.questions.every((question) => idsOf(question).includes(first.id))).toBe(true);
    expect(about.questionsLeft).toBeLessThan(app.views.libraryReview.questionsLeft!);
    expect(app.views.openReview(first.id)).toBe(about);
    expect(app.views.openReview(null)).toBe(app.views.libraryReview);
  });

  it('go on about whoever the person has become', async () => {
    const opened = await openWindow();
    const { app } = opened;
    const { questions } = await app.api.call('review.list', {});
    const { first, second } = questions[0]!;
    await app.api.call('people.name', { personId: first.id, name: 'Anna' });
    const about = app.views.openReview(second.id);
    await about.refresh();
    expect(about.subject).toMatchObject({ id: second.id, name: null });
    // Others may be asked about before.
    while (about.current !== null && about.current.first.id !== first.id) about.skip();
    await about.answer('yes');
    await about.refresh();
    expect(about.subject).toMatchObject({ id: first.id, name: 'Anna' });
    expect(about.questions.every((question) => idsOf(question).includes(first.id))).toBe(true);
    await about.undoLast();
    await about.refresh();
    expect(about.subject?.id).toBe(second.id);
  });

  it('have an address', () => {
    const personId = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' as ReviewQuestion['first']['id'];
    for (const route of [
      { view: 'review', personId: null },
      { view: 'review', personId },
      { view: 'checks', list: 'doubles' },
    ] as const) {
      expect(parseRoute(formatRoute(route))).toEqual(route);
    }
    expect(parseRoute('#/checks/nonsense')).toEqual({ view: 'checks', list: 'mixed' });
  });
});
