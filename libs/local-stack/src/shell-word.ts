/** That of the scripts, which can import nothing from here before dependencies are there. */
export { shellWord } from '../../../scripts/shell-word.mjs';
