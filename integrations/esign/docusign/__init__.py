"""DocuSign eSignature REST v2.1.

https://developers.docusign.com/docs/esign-rest-api/reference/
"""
