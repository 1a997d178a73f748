/**
 * Advisory locks, by two numbers: what for, and a project. Writers share a project's lock, removal
 * has it alone: so no blob is removed as unused while a commit begins to use it.
 */
export const PROJECT_LOCK = 0x5370_0001;
export const PARTITIONS_LOCK = 0x5370_0002;
