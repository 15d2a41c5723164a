/* The texts of `patient import`: X(name, English, Japanese), the same conversions in both. */
#ifndef FHIR_MESSAGES_H
#define FHIR_MESSAGES_H

#define FHIR_MESSAGES(X)

#endif
