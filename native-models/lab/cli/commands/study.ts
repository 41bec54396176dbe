/** kindred study: FaceNet's studies, on our networks and data, beside the published figures. */

import type { Command } from 'commander';
import type { LabRunner } from '../lab-runner.ts';
import { addStudyFlopsCommand } from './study-flops.ts';
import { addStudyNetworksCommand } from './study-networks.ts';
import { addStudyPhotosCommands } from './study-photos.ts';
import { addTrainingStudies } from './study-training.ts';

export function addStudyCommand(program: Command, runner: LabRunner): void {
  const study = program.command('study').description("repeat FaceNet's studies on our networks and data, beside the published figures");
  addStudyPhotosCommands(study, runner);
  addStudyNetworksCommand(study, runner);
  addStudyFlopsCommand(study, runner);
  addTrainingStudies(study, runner);
}
