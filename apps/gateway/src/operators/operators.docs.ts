/** Problems of every operators' route. */
export const forOperators = {
  401: 'The bearer token is missing or wrong',
  403: "The operators' routes are closed: the gateway has neither OPERATOR_TOKEN nor OPERATORS=open",
};

/** Problems of those that send a command. */
export const writing = {
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'The Idempotency-Key was used for another body',
};
