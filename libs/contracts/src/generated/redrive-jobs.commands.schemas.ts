// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

export const AdvanceRedriveJobV1 = {
  "type": "record",
  "name": "AdvanceRedriveJob",
  "namespace": "atelier.deadletters",
  "doc": "Go on with the next portion of a job.",
  "fields": [
    {
      "name": "jobId",
      "type": "string",
      "doc": "UUID of the redrive job."
    },
    {
      "name": "step",
      "type": "int",
      "doc": "Which portion of the job it is: 1, 2, ..."
    }
  ]
} as const;

export const CancelRedriveJobV1 = {
  "type": "record",
  "name": "CancelRedriveJob",
  "namespace": "atelier.deadletters",
  "doc": "Redrive no more of a job.",
  "fields": [
    {
      "name": "jobId",
      "type": "string",
      "doc": "UUID of the redrive job."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    }
  ]
} as const;

export const RecordCanaryV1 = {
  "type": "record",
  "name": "RecordCanary",
  "namespace": "atelier.deadletters",
  "doc": "Record how the redrive of a job's canary ended.",
  "fields": [
    {
      "name": "jobId",
      "type": "string",
      "doc": "UUID of the redrive job."
    },
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "The canary."
    },
    {
      "name": "outcome",
      "type": "string",
      "doc": "handled, failed or refused."
    }
  ]
} as const;

export const StartRedriveJobV1 = {
  "type": "record",
  "name": "StartRedriveJob",
  "namespace": "atelier.deadletters",
  "doc": "Redrive many dead letters of one group: one as a canary, then the rest at a rate.",
  "fields": [
    {
      "name": "jobId",
      "type": "string",
      "doc": "UUID of the redrive job."
    },
    {
      "name": "group",
      "type": "string",
      "doc": "Consumer group whose dead letters they are."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    },
    {
      "name": "rate",
      "type": "int",
      "doc": "Dead letters a second, 1 to 1000."
    },
    {
      "name": "force",
      "type": "boolean",
      "doc": "Whether to pass over the limits of count and age."
    },
    {
      "name": "deadLetterIds",
      "type": {
        "type": "array",
        "items": "string"
      },
      "doc": "What to redrive, oldest first: 1 to 10000 of them."
    }
  ]
} as const;
