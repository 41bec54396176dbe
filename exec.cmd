@rem The word that npm's scripts begin with: a shell elsewhere takes the program's place by it, so that signals reach the program.
@%*
