/** kindred evaluate: measures detection, landmarks, verification, clustering and a user's effort on photos whose faces and people are known. */

import type { Command } from 'commander';
import type { LabRunner } from '../lab-runner.ts';
import { addEvaluateClusteringCommand } from './evaluate-clustering.ts';
import { addEvaluateDetectionCommand } from './evaluate-detection.ts';
import { addEvaluateEffortCommand } from './evaluate-effort.ts';
import { addEvaluateLandmarksCommand } from './evaluate-landmarks.ts';
import { addEvaluateLearningCommand } from './evaluate-learning.ts';
import { addEvaluateLibraryCommand } from './evaluate-library.ts';
import { addEvaluateVerificationCommand } from './evaluate-verification.ts';

export function addEvaluateCommand(program: Command, runner: LabRunner): void {
  const evaluate = program
    .command('evaluate')
    .description('measure how well faces are found, told apart and put together, on photos whose answers are known');
  addEvaluateDetectionCommand(evaluate, runner);
  addEvaluateLandmarksCommand(evaluate, runner);
  addEvaluateVerificationCommand(evaluate, runner);
  addEvaluateClusteringCommand(evaluate, runner);
  addEvaluateEffortCommand(evaluate, runner);
  addEvaluateLibraryCommand(evaluate, runner);
  addEvaluateLearningCommand(evaluate, runner);
}
