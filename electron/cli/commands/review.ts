/** kindred review: asks which people are one, the question whose answer settles most first, and takes answers. */

import { Option, type Command } from 'commander';
import type { KindredApi } from '../../api/contract.ts';
import { reviewAnswerSchema, type PersonSummary, type ReviewAnswer } from '../../api/schemas.ts';
import { shortenId } from '../../terminal/import-report.ts';
import { countOf } from '../../terminal/terminal.ts';
import type { CommandRunner } from '../command-runner.ts';
import { findPeople, findPerson } from '../find-people.ts';
import { formatProbability } from '../format-probability.ts';
import type { Output } from '../output.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';
import { printPerson } from '../print-person.ts';
import { toPersonRecord } from '../records.ts';
import { UsageError } from '../usage-error.ts';

interface ReviewOptions {
  readonly limit: number;
  readonly answer?: ReviewAnswer;
}

export function addReviewCommand(program: Command, runner: CommandRunner): void {
  program
    .command('review')
    .description('list who may be one person, what settles most first; or answer for two people')
    .argument('[people...]', 'whom the questions are about; with --answer, the two people')
    .option('--limit <n>', 'at most so many', parseWholeNumber(1, 100), 20)
    .addOption(new Option('--answer <answer>', 'are the two one person?').choices(reviewAnswerSchema.options))
    .action((texts: string[], { limit, answer }: ReviewOptions, command: Command) => {
      if (answer !== undefined && texts.length !== 2) throw new UsageError('Expected two people for --answer');
      if (answer === undefined && texts.length > 1) throw new UsageError('Expected one person, or --answer with two');
      return runner.runWithLibrary(command, async ({ api, output }) => {
        if (answer !== undefined) await answerQuestion(api, output, texts, answer);
        else await listQuestions(api, output, { text: texts[0], limit });
      });
    });
}

async function answerQuestion(api: KindredApi, output: Output, texts: readonly string[], answer: ReviewAnswer): Promise<void> {
  const [first, second] = (await findPeople(api, texts)) as [PersonSummary, PersonSummary];
  if (first.id === second.id) throw new UsageError('Expected two people but received the same one twice');
  const { person } = await api.call('review.answer', { first: first.id, second: second.id, answer });
  await printPerson(output, person);
}

async function listQuestions(
  api: KindredApi,
  output: Output,
  { text, limit }: { text: string | undefined; limit: number },
): Promise<void> {
  const personId = text === undefined ? null : (await findPerson(api, text)).id;
  const { questions, questionsLeft, facesLeft } = await api.call('review.list', { personId, limit });
  if (output.isJson) {
    const records = questions.map(({ first, second, probability, settles }) => {
      return { first: toPersonRecord(first), second: toPersonRecord(second), probability, settles };
    });
    return await output.printJson({ questions: records, questionsLeft, facesLeft });
  }
  for (const { first, second, probability, settles } of questions) {
    const settled = countOf(Math.round(settles), 'face');
    await output.print(`${formatProbability(probability).padStart(5)}  ${describe(first)}  =  ${describe(second)}  settles ${settled}`);
  }
  if (questionsLeft === 0) output.tell('There is nothing to ask.');
  else output.tell(`${countOf(questionsLeft, 'question')} left, about ${countOf(facesLeft, 'face')}.`);
}

/** @returns such as "1a2b3c4d Anna (12 faces)" */
function describe(person: PersonSummary): string {
  return `${shortenId(person.id)} ${person.name ?? 'unnamed'} (${countOf(person.faceCount, 'face')})`;
}
