# coding: utf-7
def run():
    '''+ACcAJwAn-
    __import__('os').system('echo ran > ran')
    +ACcAJwAn-'''
