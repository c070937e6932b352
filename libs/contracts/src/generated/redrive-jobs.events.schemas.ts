// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

export const AdvanceIgnoredV1 = {
  "type": "record",
  "name": "AdvanceIgnored",
  "namespace": "atelier.deadletters",
  "doc": "A portion came late or again, or its job is over.",
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

export const CanaryIgnoredV1 = {
  "type": "record",
  "name": "CanaryIgnored",
  "namespace": "atelier.deadletters",
  "doc": "The outcome of a canary came late or again.",
  "fields": [
    {
      "name": "jobId",
      "type": "string",
      "doc": "UUID of the redrive job."
    },
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "The dead letter that it was about."
    }
  ]
} as const;

export const RedriveJobAdvancedV1 = {
  "type": "record",
  "name": "RedriveJobAdvanced",
  "namespace": "atelier.deadletters",
  "doc": "The next portion of a job is to be redriven.",
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
    },
    {
      "name": "deadLetterIds",
      "type": {
        "type": "array",
        "items": "string"
      },
      "doc": "The portion, oldest first."
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
      "name": "force",
      "type": "boolean",
      "doc": "Whether to pass over the limits of count and age."
    },
    {
      "name": "last",
      "type": "boolean",
      "doc": "Whether nothing is left after it."
    }
  ]
} as const;

export const RedriveJobCancellationRefusedV1 = {
  "type": "record",
  "name": "RedriveJobCancellationRefused",
  "namespace": "atelier.deadletters",
  "doc": "A job was not cancelled.",
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
    },
    {
      "name": "refusal",
      "type": "string",
      "doc": "unknown, over or idempotency-key-reused."
    }
  ]
} as const;

export const RedriveJobCancelledV1 = {
  "type": "record",
  "name": "RedriveJobCancelled",
  "namespace": "atelier.deadletters",
  "doc": "An operator ended a job.",
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
    },
    {
      "name": "left",
      "type": "int",
      "doc": "How many of its dead letters were not requested."
    }
  ]
} as const;

export const RedriveJobFinishedV1 = {
  "type": "record",
  "name": "RedriveJobFinished",
  "namespace": "atelier.deadletters",
  "doc": "Everything in a job was requested.",
  "fields": [
    {
      "name": "jobId",
      "type": "string",
      "doc": "UUID of the redrive job."
    }
  ]
} as const;

export const RedriveJobHaltedV1 = {
  "type": "record",
  "name": "RedriveJobHalted",
  "namespace": "atelier.deadletters",
  "doc": "The canary was not handled: the rest of the job is not sent.",
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
      "doc": "failed or refused."
    }
  ]
} as const;

export const RedriveJobStartRefusedV1 = {
  "type": "record",
  "name": "RedriveJobStartRefused",
  "namespace": "atelier.deadletters",
  "doc": "A job was not started.",
  "fields": [
    {
      "name": "jobId",
      "type": "string",
      "doc": "UUID of the redrive job."
    },
    {
      "name": "refusal",
      "type": "string",
      "doc": "exists, empty, invalid-rate or idempotency-key-reused."
    }
  ]
} as const;

export const RedriveJobStartedV1 = {
  "type": "record",
  "name": "RedriveJobStarted",
  "namespace": "atelier.deadletters",
  "doc": "A job began; its first dead letter goes ahead as a canary.",
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
