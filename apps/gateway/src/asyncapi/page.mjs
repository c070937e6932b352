/* global AsyncApiStandalone, document */
const schema = await (await fetch('/asyncapi/parsed.json')).json();
const config = {
  show: { errors: false, messageExamples: false, sidebar: true },
  sidebar: { showOperations: 'byOperationsTags' },
};
AsyncApiStandalone.render({ schema, config }, document.getElementById('page'));
